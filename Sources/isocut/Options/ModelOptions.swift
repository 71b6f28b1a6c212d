import ArgumentParser
import Foundation
import IsocutBackends
import IsocutGraph

/// Which sizes and inputs a model runs with.
struct ModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Shape of an input, such as x=1,3,224,224 (repeatable).", valueName: "name=d0,d1,…"))
  var shape: [String] = []

  @Option(
    help: ArgumentHelp(
      "Size of a named dimension, such as batch=1 (repeatable).", valueName: "name=size"))
  var dim: [String] = []

  @Option(
    help: ArgumentHelp(
      "Input from a .npy file, or from raw bytes with type and shape (repeatable).",
      valueName: "name=file[:type:d0,d1]"))
  var input: [String] = []

  @Option(
    name: .customLong("input-value"),
    help: ArgumentHelp("Fill an input with one value (repeatable).", valueName: "name=value"))
  var inputValue: [String] = []

  @Option(
    name: .customLong("input-range"),
    help: ArgumentHelp(
      "Fill an input with seeded values of a range (repeatable).", valueName: "name=low,high"))
  var inputRange: [String] = []

  @Option(help: "Seed of generated inputs.")
  var seed: UInt64 = 0

  func shapes() throws -> [String: [Int]] {
    try Self.table(shape, flag: "--shape", form: "name=d0,d1,…") { text in
      let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
      guard !text.isEmpty else { return [] }
      guard !parts.contains(nil) else { return nil }
      return parts.compactMap { $0 }
    }
  }

  func dimensions() throws -> [String: Int] {
    try Self.table(dim, flag: "--dim", form: "name=size") { Int($0) }
  }

  func inputPlan() throws -> InputPlan {
    try Self.inputPlan(files: input, values: inputValue, ranges: inputRange, seed: seed)
  }

  /// The inputs that `--input`, `--input-value` and `--input-range` ask for.
  static func inputPlan(
    files: [String], values: [String], ranges: [String], seed: UInt64
  ) throws -> InputPlan {
    InputPlan(
      values: try table(values, flag: "--input-value", form: "name=value") { Double($0) },
      ranges: try table(ranges, flag: "--input-range", form: "name=low,high") { text in
        let parts = text.split(separator: ",").map { Double($0) }
        guard parts.count == 2, let low = parts[0], let high = parts[1], low <= high else {
          return nil
        }
        return InputPlan.ClosedInterval(low: low, high: high)
      },
      // Workers and later commands run elsewhere, so paths are made absolute here.
      files: try table(files, flag: "--input", form: "name=file[:type:d0,d1]") { text in
        if text.isEmpty { return nil }
        return text.hasPrefix("/") ? text : FileManager.default.currentDirectoryPath + "/" + text
      },
      seed: seed)
  }

  /// `name=value` pairs as a table. Input names may hold `=` and `:`; the last `=` divides.
  private static func table<Value>(
    _ items: [String], flag: String, form: String, value: (String) -> Value?
  ) throws -> [String: Value] {
    var table: [String: Value] = [:]
    for item in items {
      guard let divider = item.lastIndex(of: "="), divider != item.startIndex,
        let parsed = value(String(item[item.index(after: divider)...]))
      else {
        throw IsocutError(.usage, "\(flag) \(item) is not of the form \(form)")
      }
      let name = String(item[..<divider])
      guard table.updateValue(parsed, forKey: name) == nil else {
        throw IsocutError(.usage, "\(flag) gives \(name) twice")
      }
    }
    return table
  }
}
