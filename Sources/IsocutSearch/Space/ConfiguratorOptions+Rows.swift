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
    let rows = try ConfigurationTable.read(Self.text(ofFile: path), path: path)
    guard !rows.isEmpty else { throw IsocutError(.badData, "\(path) holds no configuration") }
    return rows
  }

  /// Writes the configurations where `-save-config` says, if it does.
  package func saveConfigurations(_ rows: [AICConfiguration]) throws {
    guard let path = savedConfigurations else { return }
    do {
      try Data(ConfigurationTable.text(rows).utf8).write(
        to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw IsocutError(.cannotCreate, "cannot write \(path)", cause: error)
    }
  }

  private static func text(ofFile path: String) throws -> String {
    do {
      return String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    } catch {
      throw IsocutError(.missingInput, "cannot read \(path)", cause: error)
    }
  }
}
