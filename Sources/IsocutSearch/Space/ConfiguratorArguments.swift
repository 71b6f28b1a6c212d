import IsocutGraph

/// A command line of the vendor's model configurator, split into options and their values. Nothing
/// is judged yet beyond how it is spelled.
///
/// Options have one dash or two, values stand behind them or after `=`, and a beginning that only
/// one option has is enough (`-instance` for `-instances`), as with the vendor's tool. What follows
/// `--` goes to the compiler unchanged.
package struct ConfiguratorArguments: Hashable, Sendable {
  /// Values by the option's name, in the order given; a flag has the empty value.
  package var values: [String: [String]] = [:]
  /// How each option was written, for messages.
  package var spellings: [String: String] = [:]
  package var positionals: [String] = []
  /// What follows `--`.
  package var compilerTokens: [String] = []

  /// - Throws: `IsocutError` `.usage` naming the word that is wrong.
  package init(parsing words: [String]) throws {
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--" {
        compilerTokens = Array(rest)
        return
      }
      guard word.hasPrefix("-"), word.count > 1 else {
        positionals.append(word)
        continue
      }
      let body = word.drop { $0 == "-" }
      let parts = body.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let option = try Self.option(String(parts.first ?? ""), word: word)
      let spelling = "-" + (parts.first ?? "")
      spellings[option.name] = spelling
      guard option.takesValue else {
        guard parts.count == 1 else {
          throw IsocutError(.usage, "\(spelling) takes no value; it was given \(parts[1])")
        }
        values[option.name, default: []].append("")
        continue
      }
      let value = parts.count == 2 ? String(parts[1]) : rest.popFirst() ?? ""
      guard !value.isEmpty, !(parts.count == 1 && value.hasPrefix("-")) else {
        throw IsocutError(.usage, "\(spelling) needs a value")
      }
      values[option.name, default: []].append(value)
    }
  }

  /// Whether the user wants the help and nothing else.
  package var asksForHelp: Bool { has("help") }

  /// The value that counts, or nil where the option is not given.
  func last(_ name: String) -> String? { values[name]?.last }

  func has(_ name: String) -> Bool { values[name] != nil }

  /// How the user wrote an option, or its name.
  func spelling(_ name: String) -> String { spellings[name] ?? "-" + name }

  private static func option(_ name: String, word: String) throws -> ConfiguratorOption {
    func matches(
      among options: [ConfiguratorOption] = ConfiguratorOption.all, _ isMatch: (String) -> Bool
    ) -> [ConfiguratorOption] {
      options.filter { option in
        ([option.name] + option.aliases).contains(where: isMatch)
      }
    }
    if let exact = matches({ $0 == name }).first { return exact }
    if name == "h", let help = matches({ $0 == "help" }).first { return help }
    // What is short for an option of the vendor's tool stays so, whatever isocut adds.
    let ofVendor =
      name.isEmpty
      ? []
      : matches(among: ConfiguratorOption.vendors) {
        $0.hasPrefix(name)
      }
    let candidates = name.isEmpty || !ofVendor.isEmpty ? ofVendor : matches { $0.hasPrefix(name) }
    if candidates.count == 1 { return candidates[0] }
    guard candidates.isEmpty else {
      let names = candidates.map { "-" + $0.name }.joined(separator: ", ")
      throw IsocutError(.usage, "\(word) may mean \(names); write it out")
    }
    throw IsocutError(
      .usage,
      """
      the model configurator has no option \(word); see -help, and put options for qaic-compile \
      behind --
      """)
  }
}
