import ArgumentParser
import Foundation
import IsocutBackends
import IsocutGraph

/// What the model's inputs hold: files, one value, a range, or seeded values.
struct InputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Input from a .npy file, or from raw bytes with type and shape (repeatable). The name may be \
      left out where there is one input.
      """, valueName: "name=file[:type:d0,d1]"))
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

  @Option(
    help: ArgumentHelp(
      "Seed of generated inputs. Default: 0; run takes the plan's.", valueName: "number"))
  var seed: UInt64?

  /// The inputs that the flags ask for.
  ///
  /// - Parameter names: the model's inputs; they decide where the name in `--input NAME=FILE` ends,
  ///   because names and paths may both hold `=`.
  func plan(forInputs names: [String]) throws -> InputPlan {
    let plan = InputPlan(
      values: try NamedValues.table(inputValue, flag: "--input-value", form: "name=value") {
        Double($0)
      },
      ranges: try NamedValues.table(inputRange, flag: "--input-range", form: "name=low,high") {
        text in
        let parts = text.split(separator: ",").map { Double($0) }
        guard parts.count == 2, let low = parts[0], let high = parts[1], low <= high else {
          return nil
        }
        return InputPlan.ClosedInterval(low: low, high: high)
      },
      files: try files(names), seed: seed ?? 0)
    for name in plan.files.keys.sorted() where plan.values[name] != nil || plan.ranges[name] != nil
    {
      throw IsocutError(.usage, "the input \(name) is given twice: by --input and by another flag")
    }
    if let name = Set(plan.values.keys).intersection(plan.ranges.keys).min() {
      throw IsocutError(
        .usage, "the input \(name) is given twice: by --input-value and by --input-range")
    }
    return plan
  }

  private func files(_ names: [String]) throws -> [String: String] {
    var files: [String: String] = [:]
    for item in input {
      let (name, file) = try Self.split(item, names)
      guard !file.isEmpty else {
        throw IsocutError(.usage, "--input \(item) names no file")
      }
      // Workers and later commands run elsewhere, so paths are made absolute here.
      let path =
        file.hasPrefix("/") ? file : FileManager.default.currentDirectoryPath + "/" + file
      guard files.updateValue(path, forKey: name) == nil else {
        throw IsocutError(.usage, "--input gives \(name) twice")
      }
    }
    return files
  }

  /// `NAME=FILE`, or `FILE` where there is one input.
  static func split(_ item: String, _ names: [String]) throws -> (name: String, file: String) {
    let known = names.filter { item.hasPrefix($0 + "=") }.max { $0.count < $1.count }
    if let known { return (known, String(item.dropFirst(known.count + 1))) }
    let divider = item.firstIndex(of: "=")
    if names.count == 1, divider == nil || FileManager.default.fileExists(atPath: item) {
      return (names[0], item)
    }
    guard let divider, divider != item.startIndex else {
      throw IsocutError(
        .usage,
        "--input \(item) is not of the form name=file; the inputs are "
          + names.joined(separator: ", "))
    }
    return (String(item[..<divider]), String(item[item.index(after: divider)...]))
  }
}

/// `name=value` words of flags that may be given again and again.
enum NamedValues {
  /// The pairs as a table. Names may hold `=`, values do not: the last `=` divides.
  static func table<Value>(
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
