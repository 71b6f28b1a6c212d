extension JSONValue {
  /// The document as text, indented by two spaces, without a final newline. Arrays of plain values
  /// stay on one line.
  package var text: String {
    var result = ""
    write(to: &result, indent: "")
    return result
  }

  private func write(to text: inout String, indent: String) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .number(let value): text += value.isFinite ? value.description : "null"
    case .string(let value): Self.writeQuoted(value, to: &text)
    case .array(let values):
      let isFlat = values.allSatisfy(\.isPlain)
      Self.writeList(values, between: ("[", "]"), isFlat: isFlat, to: &text, indent: indent) {
        $0.write(to: &$1, indent: $2)
      }
    case .object(let members):
      Self.writeList(members, between: ("{", "}"), isFlat: false, to: &text, indent: indent) {
        Self.writeQuoted($0.key, to: &$1)
        $1 += ": "
        $0.value.write(to: &$1, indent: $2)
      }
    }
  }

  private var isPlain: Bool {
    switch self {
    case .array, .object: false
    default: true
    }
  }

  private static func writeList<Element>(
    _ elements: [Element], between brackets: (String, String), isFlat: Bool,
    to text: inout String, indent: String, writeElement: (Element, inout String, String) -> Void
  ) {
    let inner = indent + "  "
    text += brackets.0
    for (index, element) in elements.enumerated() {
      if index > 0 { text += isFlat ? ", " : "," }
      if !isFlat { text += "\n" + inner }
      writeElement(element, &text, inner)
    }
    if !isFlat && !elements.isEmpty { text += "\n" + indent }
    text += brackets.1
  }

  private static func writeQuoted(_ string: String, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
