import Foundation
import IsocutGraph
import IsocutWorker

/// One measurement as a line of an exported store.
enum StoreLine {
  private struct Line: Codable {
    var schemaVersion: Int
    var stored: StoredMeasurement

    enum CodingKeys: String, CodingKey {
      case schemaVersion
      case stored = "measurement"
    }
  }

  /// Keys in snake case; the date in seconds since 1970.
  static func encode(_ stored: StoredMeasurement) throws -> Data {
    let encoder = WorkerCoding.encoder
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.dateEncodingStrategy = .secondsSince1970
    return try encoder.encode(Line(schemaVersion: StoreFile.schemaVersion, stored: stored))
      + Data("\n".utf8)
  }

  static func decodeAll(_ data: Data) throws -> [StoredMeasurement] {
    let decoder = WorkerCoding.decoder
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    decoder.dateDecodingStrategy = .secondsSince1970
    return try data.split(separator: UInt8(ascii: "\n")).enumerated().map { index, text in
      do {
        let line = try decoder.decode(Line.self, from: Data(text))
        guard line.schemaVersion <= StoreFile.schemaVersion else {
          throw IsocutError(
            .badData,
            "schema version \(line.schemaVersion), this isocut knows \(StoreFile.schemaVersion)")
        }
        return line.stored
      } catch {
        // What a decoder says of a line that is none helps nobody.
        throw IsocutError(
          .badData, "line \(index + 1) is no measurement of an exported store",
          cause: error as? IsocutError)
      }
    }
  }
}
