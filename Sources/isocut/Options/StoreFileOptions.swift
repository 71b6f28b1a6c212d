import ArgumentParser
import IsocutProfile

/// The store that `isocut profile` works on.
struct StoreFileOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Database of measurements. Default: isocut/profile.sqlite in the user's cache folder.",
      valueName: "file"))
  var store: String?

  /// Opens the store, and tells on standard error what had to be mended.
  ///
  /// - Parameter creates: false makes a store that does not exist an error.
  func open(creates: Bool = false) throws -> ProfileStore {
    if !creates { try ProfileStore.requireFile(store) }
    let opened = try ProfileStore(path: store)
    for notice in opened.notices { Terminal.standardError.write("note: \(notice)\n") }
    return opened
  }
}
