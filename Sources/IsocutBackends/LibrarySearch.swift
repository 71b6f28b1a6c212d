internal import Foundation

/// Where an engine's shared library may be, first match first: the path the user gave, the
/// environment variable, `.setup/lib` in the first folder upward from the executable that has it,
/// then the system's own search by name.
struct LibrarySearch {
  /// What `--onnxruntime` or its like says; nil where it is not given.
  var explicitPath: String?
  var environmentVariable: String
  /// The file in `.setup/lib`, and the first name given to the system's loader.
  var fileName: String
  /// More names for the system's loader.
  var otherNames: [String] = []

  enum Candidate: Hashable {
    /// The user named it: nothing else is tried.
    case required(String)
    case file(String)
    case systemName(String)
  }

  func candidates() -> [Candidate] {
    if let explicitPath { return [.required(Self.path(explicitPath))] }
    if let path = ProcessInfo.processInfo.environment[environmentVariable], !path.isEmpty {
      return [.required(Self.path(path))]
    }
    var found: [Candidate] = []
    if let path = setUpLibrary() { found.append(.file(path)) }
    return found + ([fileName] + otherNames).map(Candidate.systemName)
  }

  /// A name without a slash would be searched for by the system's loader.
  private static func path(_ text: String) -> String { text.contains("/") ? text : "./" + text }

  private func setUpLibrary() -> String? {
    let manager = FileManager.default
    guard var folder = try? manager.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
      return nil
    }
    while folder != "/", !folder.isEmpty {
      folder = (folder as NSString).deletingLastPathComponent
      let path = (folder as NSString).appendingPathComponent(".setup/lib/" + fileName)
      if manager.fileExists(atPath: path) { return path }
    }
    return nil
  }
}
