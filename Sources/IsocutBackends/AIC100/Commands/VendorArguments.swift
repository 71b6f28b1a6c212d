import Foundation
import IsocutGraph

/// Options of a vendor's tool as a user wrote them: passed on token for token, and read only to
/// check them.
///
/// A token is `-flag=value` or a bare `-flag`; two dashes mean the same as one. Where an option is
/// given twice the later one counts, as in the vendor's own example (`-mos=1 … -mos=1,4`).
package struct VendorArguments: Hashable, Sendable {
  package var tokens: [String]

  package init(_ tokens: [String]) { self.tokens = tokens }

  /// The value of the last token that sets one of `names` (without dashes), or nil.
  ///
  /// A value may also stand in the token after the option; a bare option that another option
  /// follows has the empty value.
  package func value(of names: String...) -> String? {
    var found: String?
    for (index, token) in tokens.enumerated() {
      guard let option = Self.split(token), names.contains(option.name) else { continue }
      if let value = option.value {
        found = value
      } else {
        let next = tokens.dropFirst(index + 1).first
        found = next.map { $0.hasPrefix("-") ? "" : $0 } ?? ""
      }
    }
    return found
  }

  /// Every value of an option that may be repeated, in order.
  package func values(of name: String) -> [String] {
    tokens.compactMap(Self.split).filter { $0.name == name }.compactMap(\.value)
  }

  /// Whether an option is given at all.
  package func has(_ names: String...) -> Bool {
    tokens.compactMap(Self.split).contains { names.contains($0.name) }
  }

  /// The whole number that an option is set to last, or nil where it is not given.
  ///
  /// - Throws: `IsocutError` `.usage` where the value is no whole number.
  package func number(of name: String) throws -> Int? {
    guard let text = value(of: name) else { return nil }
    guard let number = Int(text) else {
      throw IsocutError(.usage, "-\(name)=\(text) is no whole number")
    }
    return number
  }

  /// The comma-separated whole numbers that an option is set to last; empty where it is not given.
  ///
  /// - Throws: `IsocutError` `.usage` where one of them is no whole number.
  package func numbers(of name: String) throws -> [Int] {
    guard let text = value(of: name) else { return [] }
    return try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      guard let number = Int(part) else {
        throw IsocutError(
          .usage, "-\(name)=\(text) is no list of whole numbers separated by commas")
      }
      return number
    }
  }

  /// The same options with another value wherever `name` has one.
  package func setting(_ name: String, to value: String) -> VendorArguments {
    var result = tokens
    for (index, token) in tokens.enumerated() {
      guard let option = Self.split(token), option.name == name else { continue }
      if let old = option.value {
        result[index] = token.dropLast(old.count) + value
      } else if index + 1 < tokens.count, !tokens[index + 1].hasPrefix("-") {
        result[index + 1] = value
      }
    }
    return VendorArguments(result)
  }

  /// Values that name a file that exists: what is compiled depends on their content.
  package var files: [String] {
    tokens.compactMap { Self.split($0).map { $0.value ?? "" } ?? $0 }
      .filter { !$0.isEmpty && Self.isFile($0) }
  }

  private static func isFile(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && !isFolder.boolValue
  }

  /// The same options with files that exist named by their absolute paths, for a script that runs
  /// in another folder.
  package var absolutePaths: VendorArguments {
    func absolute(_ path: String) -> String {
      guard !path.hasPrefix("/"), FileManager.default.fileExists(atPath: path) else { return path }
      return URL(fileURLWithPath: path).standardizedFileURL.path
    }
    let values = tokens.map { Self.split($0).map { $0.value ?? "" } ?? $0 }
    return replacingValues(
      Dictionary(values.map { ($0, absolute($0)) }) { first, _ in first })
  }

  /// The same options with other values for some, wherever they stand.
  package func replacingValues(_ replacements: [String: String]) -> VendorArguments {
    VendorArguments(
      tokens.map { token in
        guard let value = Self.split(token)?.value else { return replacements[token] ?? token }
        return token.dropLast(value.count) + (replacements[value] ?? value)
      })
  }

  /// The layout that these options ask `qaic-compile` for.
  ///
  /// - Parameter nsps: the cores taken where neither `-aic-num-cores` nor clusters are given.
  /// - Throws: `IsocutError` `.usage` for a value that is no number.
  package func layout(defaultCores nsps: Int) throws -> NSPLayout {
    let sizes = try numbers(of: "sdp-cluster-sizes")
    return NSPLayout(
      cores: try number(of: "aic-num-cores") ?? (sizes.isEmpty ? nsps : sizes.reduce(0, &+)),
      clusterSizes: sizes,
      mos: ChannelSplit(try numbers(of: "mos")),
      instances: try number(of: "aic-num-of-instances") ?? 1)
  }

  private static func split(_ token: String) -> (name: String, value: String?)? {
    guard token.hasPrefix("-"), token.count > 1 else { return nil }
    let body = token.drop { $0 == "-" }
    // A negative number is a value, not an option.
    guard let first = body.first, !first.isNumber else { return nil }
    guard let equals = body.firstIndex(of: "=") else { return (String(body), nil) }
    return (String(body[..<equals]), String(body[body.index(after: equals)...]))
  }
}
