/// An engine's shared library as found on this machine. Absence is a value, so that
/// `isocut backends` can list and explain it.
package enum LibraryState<Library: Sendable>: Sendable {
  case loaded(Library)
  /// Nothing was found at any of these paths or names.
  case missing(searched: [String])
  /// Its version is outside what isocut can call.
  case incompatible(path: String, found: String, needed: String)
  /// It exists but does not load, or is another library.
  case broken(path: String, reason: String)
}
