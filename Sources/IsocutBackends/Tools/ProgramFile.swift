import Foundation

/// A file that can be started.
enum ProgramFile {
  /// False for folders, which may be entered and so count as executable.
  static func isThere(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && !isFolder.boolValue && FileManager.default.isExecutableFile(atPath: path)
  }
}
