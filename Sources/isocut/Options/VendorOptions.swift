import ArgumentParser
import IsocutBackends
import IsocutGraph
import IsocutProfile
import IsocutSearch

/// Options for a vendor's compiler.
struct VendorOptions: ParsableArguments {
  @Flag(
    name: .customLong("print-commands"),
    help: """
      With --backend aic100 and without --stages: print the command lines of the vendor's tools and \
      run nothing.
      """)
  var printsCommands = false

  @Argument(
    parsing: .postTerminator,
    help: ArgumentHelp(
      "Behind --: options of qaic-compile, passed on unchanged.", valueName: "options"))
  var tokens: [String] = []

  /// - Throws: `IsocutError` `.usage` where they are given to a backend without such a compiler.
  func refuse() throws {
    guard !printsCommands, tokens.isEmpty else {
      let what = printsCommands ? "--print-commands" : "'\(tokens[0])'"
      throw IsocutError(
        .usage, "\(what) is for a vendor's compiler: give --backend \(AICTools.backendName)")
    }
  }

  /// - Parameter remedy: why other flags have no effect, and what to do.
  /// - Throws: `IsocutError` `.usage` for a flag that would have no effect.
  func requireOnly(
    _ known: [String], _ remedy: String, in arguments: [String] = CommandLine.arguments
  ) throws {
    let flags = arguments.dropFirst().prefix { $0 != "--" }.filter { $0.hasPrefix("-") }
    for flag in flags {
      let name = String(flag.prefix { $0 != "=" })
      guard !known.contains(name) else { continue }
      throw IsocutError(
        .usage, "\(name) has no effect with --backend \(AICTools.backendName): \(remedy)")
    }
  }
}
