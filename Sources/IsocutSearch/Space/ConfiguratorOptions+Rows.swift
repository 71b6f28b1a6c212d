import Foundation
package import IsocutBackends
import IsocutGraph

extension ConfiguratorOptions {
  /// The configurations that these options mean: those of the CSV file, or of the search space.
  ///
  /// - Parameter nsps: cores of the device.
  /// - Throws: `IsocutError` `.missingInput` or `.badData` for the file, `.infeasible` where no
  ///   configuration can run.
  package func configurations(nsps: Int) throws -> [AICConfiguration] {
    guard let path = configurationsFile else { return try space(nsps: nsps).configurations() }
    let text = String(decoding: try Self.data(ofFile: path), as: UTF8.self)
    let rows = try ConfigurationTable.read(text, path: path)
    guard !rows.isEmpty else { throw IsocutError(.badData, "\(path) holds no configuration") }
    // A file of results has a line for each set size.
    var seen: Set<AICConfiguration> = []
    return rows.filter { seen.insert($0).inserted }
  }

  /// Writes the configurations where `-save-config` says, if it does.
  package func saveConfigurations(_ rows: [AICConfiguration]) throws {
    guard let path = savedConfigurations else { return }
    do {
      try Data(ConfigurationTable.text(rows).utf8).write(
        to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw IsocutError(cannotCreate: "cannot write \(path)", cause: error)
    }
  }

  static func data(ofFile path: String) throws -> Data {
    do {
      return try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw IsocutError(.missingInput, "cannot read \(path)", cause: error)
    }
  }
}
