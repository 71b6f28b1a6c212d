extension String {
  /// This text as one word of a POSIX shell.
  package var shellQuoted: String {
    let isPlain =
      !isEmpty
      && unicodeScalars.allSatisfy { scalar in
        scalar.isASCII
          && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            || "-_./=,:+@%".unicodeScalars.contains(scalar))
      }
    if isPlain { return self }
    return "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#)
      + "'"
  }
}

extension [String] {
  /// A command as one line that a POSIX shell splits into exactly these words.
  package var shellLine: String { map(\.shellQuoted).joined(separator: " ") }
}
