import Foundation
import IsocutGraph

/// What a program was compiled from; it lies beside the program, so that a program of another model
/// or with other options is never taken for the one wanted.
package struct CompileRecord: Hashable, Sendable, Codable {
  static let fileName = "isocut-compile.json"

  /// The compiler's options, without where the program goes; files are named by their SHA-256, so
  /// that a model that was moved is still the same.
  package var options: [String]
  /// SHA-256 of the model and of each other file that the program depends on.
  package var files: [String]
  package var sdk: String?

  /// - Parameter files: SHA-256 of the model and of each other file, by path.
  package init(command: CompileCommand, files: [String: String], sdk: String?) {
    options = command.arguments.setting("aic-binary-dir", to: "").replacingValues(files).tokens
    self.files = files.values.sorted()
    self.sdk = sdk
  }

  /// Reads the record of a folder; nil where there is none that can be read.
  init?(inFolder folder: String) {
    guard
      let data = FileManager.default.contents(atPath: folder + "/" + Self.fileName),
      let record = try? JSONDecoder().decode(Self.self, from: data)
    else { return nil }
    self = record
  }

  func write(inFolder folder: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try encoder.encode(self).write(to: URL(fileURLWithPath: folder + "/" + Self.fileName))
  }
}
