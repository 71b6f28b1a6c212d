/// An option of the vendor's model configurator: how it is spelled in both dialects, and what it
/// is for.
package struct ConfiguratorOption: Hashable, Sendable {
  package enum Role: Hashable, Sendable {
    /// Values of the search space.
    case space
    /// How the search goes on, and what is printed.
    case search
    /// How programs are run.
    case run
    /// Where inputs come from.
    case input
    /// Turns images into inputs, which isocut does not do.
    case image
    /// Goes to the compiler, under this name.
    case compiler(String)
    /// The same, and only where the model is quantized.
    case quantization(String)
    /// Nothing it could do here; the text says what to do instead.
    case unsupported(String)
  }

  /// The newer dialect's name, without the dash.
  package var name: String
  /// Names in the older dialect.
  package var aliases: [String] = []
  /// What stands for its value in the help; nil for a flag.
  package var placeholder: String?
  /// Whether every occurrence counts, not only the last.
  package var repeats = false
  package var role: Role
  /// One line for the help; empty for what is only refused.
  package var summary: String

  package var takesValue: Bool { placeholder != nil }
}
