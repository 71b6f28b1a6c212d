import Foundation
import _IsocutTestSupport

/// Runs `isocut` with the double of the Cloud AI SDK's tools (`Tests/Doubles/qaic`) in place of the
/// real ones.
struct SDKDouble {
  /// Holds the model `m.onnx`, and what the commands write.
  var folder: String
  /// Command line of each call of a tool that compiled or ran, the oldest first.
  var calls: [String] {
    let text = (try? String(contentsOfFile: folder + "/calls.txt", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map(String.init)
  }

  init(in folder: String) throws {
    self.folder = folder
    try FileManager.default.copyItem(atPath: TestModels.diamond, toPath: folder + "/m.onnx")
  }

  /// - Parameter failing: modes of the double.
  func isocut(_ words: String, failing: String = "") async throws -> CommandLineRun {
    try await CommandLineRun(
      words.split(separator: " ").map(String.init), in: folder,
      environment: environment(failing: failing))
  }

  /// Runs a shell script in which `$isocut` is the built program.
  func script(_ text: String, failing: String) async throws -> CommandLineRun {
    try await CommandLineRun(
      script: text, in: folder, environment: environment(failing: failing))
  }

  private func environment(failing: String) -> [String: String] {
    [
      "ISOCUT_QAIC": PythonPeer.projectFolder + "/Tests/Doubles/qaic",
      "QAIC_DOUBLE": failing, "QAIC_DOUBLE_LOG": folder + "/calls.txt",
      "XDG_CACHE_HOME": folder + "/cache",
    ]
  }

  func text(_ path: String) throws -> String {
    try String(contentsOfFile: folder + "/" + path, encoding: .utf8)
  }

  /// Lines of a result file, without the first one, split at commas outside quotes.
  func rows(_ path: String) throws -> [[String]] {
    try text(path).split(separator: "\n").dropFirst().map { line in
      line.split(separator: "\"", omittingEmptySubsequences: false).enumerated().flatMap {
        $0.offset % 2 == 1
          ? [String($0.element)]
          : $0.element.split(separator: ",", omittingEmptySubsequences: true).map(String.init)
      }
    }
  }
}
