import Foundation

extension LibrarySearch {
  /// The first candidate that is there, loaded; where none is, what was searched.
  ///
  /// - Parameter load: loads one file or system name, or says why that is impossible.
  func find<Library>(_ load: (String) -> LibraryState<Library>) -> LibraryState<Library> {
    var searched: [String] = []
    for candidate in candidates() {
      switch candidate {
      case .required(let path):
        guard FileManager.default.fileExists(atPath: path) else {
          return .missing(searched: [path])
        }
        return load(path)
      case .file(let path):
        return load(path)
      case .systemName(let name):
        if case .loaded(let library) = load(name) { return .loaded(library) }
        searched.append(name)
      }
    }
    return .missing(searched: [".setup/lib/\(fileName) above the executable"] + searched)
  }
}
