/// Whether output may use escape sequences (`--color`).
package enum ColorChoice: String, CaseIterable, Sendable {
  case auto, always, never

  /// The decision for one stream. `auto` says no where the stream is no terminal, where `NO_COLOR`
  /// is set and not empty (https://no-color.org), and on a terminal that is `dumb`.
  package func allowsColor(environment: [String: String], isTerminal: Bool) -> Bool {
    switch self {
    case .always: true
    case .never: false
    case .auto:
      isTerminal && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
    }
  }
}
