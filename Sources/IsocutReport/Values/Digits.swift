internal import Foundation

/// A number with four significant digits, as tables show it: `12.35`, `0.01235`, `12346`, `1.235e-07`.
///
/// Whole digits are never dropped; only values below 0.0001 use an exponent.
package func fourDigits(_ value: Double) -> String {
  guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
  if value == 0 { return "0" }
  // Rounding may raise the exponent (9.9996 is 10.00), so it is taken from the rounded text.
  let scientific = String(format: "%.3e", value)
  guard let mark = scientific.firstIndex(of: "e"),
    let exponent = Int(scientific[scientific.index(after: mark)...]), exponent >= -4
  else { return scientific }
  return String(format: "%.\(max(0, 3 - exponent))f", value)
}

/// Text that cannot steer a terminal or break a line: names come from model files of any origin.
func printable(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: isControl) else { return text }
  return text.unicodeScalars.reduce(into: "") { result, scalar in
    if isControl(scalar) {
      result += "\\u{\(String(scalar.value, radix: 16))}"
    } else {
      result.unicodeScalars.append(scalar)
    }
  }
}

private func isControl(_ scalar: Unicode.Scalar) -> Bool {
  scalar.properties.generalCategory == .control || scalar.properties.isBidiControl
    || scalar.properties.generalCategory == .lineSeparator
    || scalar.properties.generalCategory == .paragraphSeparator
}
