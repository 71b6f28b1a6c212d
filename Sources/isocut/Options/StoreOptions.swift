import ArgumentParser
import IsocutGraph
import IsocutProfile

/// Where measurements are kept, so that none is paid for twice.
struct StoreOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Database of measurements. Default: isocut/profile.sqlite in the user's cache folder.",
      valueName: "file"))
  var store: String?

  @Flag(name: .customLong("no-store"), help: "Measure everything anew and keep nothing.")
  var noStore = false

  /// Opens the store, and tells on standard error what had to be mended.
  ///
  /// - Returns: nil where nothing is to be kept.
  func open() throws -> ProfileStore? {
    guard !noStore || store == nil else {
      throw IsocutError(.usage, "--store and --no-store exclude each other")
    }
    return try Self.open(store, isKept: !noStore)
  }

  static func open(_ store: String?, isKept: Bool) throws -> ProfileStore? {
    guard isKept else { return nil }
    let opened = try ProfileStore(path: store)
    for notice in opened.notices { Terminal.standardError.write("note: \(notice)\n") }
    return opened
  }
}
