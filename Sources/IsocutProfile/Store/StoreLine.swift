import Foundation
import IsocutGraph
import IsocutWorker

/// One result as a line of an exported store.
enum StoreLine {
  case measurement(StoredMeasurement)
  case figures(StoredFigures)

  private struct Line: Codable {
    var schemaVersion: Int
    var measurement: StoredMeasurement?
    var figures: StoredFigures?
  }

  /// Keys in snake case; the date in seconds since 1970.
  func encoded() throws -> Data {
    let encoder = WorkerCoding.encoder
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.dateEncodingStrategy = .secondsSince1970
    var line = Line(schemaVersion: StoreFile.schemaVersion)
    switch self {
    case .measurement(let stored): line.measurement = stored
    case .figures(let stored): line.figures = stored
    }
    return try encoder.encode(line) + Data("\n".utf8)
  }

  static func decodeAll(_ data: Data) throws -> [StoreLine] {
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
        guard line.schemaVersion > 0 else { throw IsocutError(.badData, "its version is none") }
        if let stored = line.measurement {
          guard stored.isPlausible else {
            throw IsocutError(.badData, "its figures are none that a measurement gives")
          }
          return .measurement(stored)
        }
        if let stored = line.figures { return .figures(stored) }
        throw IsocutError(.badData, "it holds no result")
      } catch {
        // What a decoder says of a line that is none helps nobody.
        throw IsocutError(
          .badData, "line \(index + 1) is no result of an exported store",
          cause: error as? IsocutError)
      }
    }
  }
}
