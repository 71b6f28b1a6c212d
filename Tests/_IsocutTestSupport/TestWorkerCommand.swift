import Foundation

/// The executable with the verbs and stages that fail, as built beside the tests.
package enum TestWorkerCommand {
  /// - Throws: where it was not built.
  package static func path() throws -> String {
    let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let folders =
      [URL(fileURLWithPath: program).deletingLastPathComponent(), Bundle.main.bundleURL]
      + Bundle.allBundles.map { $0.bundleURL.deletingLastPathComponent() }
    for folder in folders {
      let path = folder.appendingPathComponent("IsocutTestWorker").path
      if FileManager.default.isExecutableFile(atPath: path) { return path }
    }
    throw CocoaError(.fileNoSuchFile)
  }
}
