import IsocutGraph

/// What `qaic-compile` printed. Every part may be missing.
package struct CompilerOutput: Hashable, Sendable {
  /// The model it read.
  package var model: String?
  /// Such as `FP16`.
  package var precision: String?
  /// Where the program is: the last line of a good run.
  package var programFolder: String?
  package var warnings: [String] = []
  /// What `-aic-perf-metrics` adds.
  package var traffic = MemoryTraffic()

  package init(parsing text: String) {
    for line in text.split(whereSeparator: \.isNewline).map(\.trimmed) {
      if let path = line.after("Reading ONNX Model from ") {
        model = String(path)
      } else if let rest = line.after("Compiling model with ") {
        precision = rest.split(separator: " ").first.map(String.init)
      } else if let folder = line.after("Generated binary is present at ") {
        programFolder = String(folder)
      } else if line.hasPrefix("WARNING") {
        warnings.append(String(line))
      } else {
        traffic.read(line)
      }
    }
  }

  /// What a reader should know, a sentence each.
  package var notes: [String] {
    var notes: [String] = []
    if let first = warnings.first {
      let more = warnings.count - 1
      notes.append(
        "The compiler said: \(first)\(more > 0 ? " (and \(more) more warnings)" : "")")
    }
    if let read = traffic.readKilobytes, let constants = traffic.constantReadKilobytes,
      let spilled = traffic.spilledKilobytes
    {
      notes.append(
        """
        The compiler estimates \(read) KB read from DDR per execution: \(constants) KB of weights, \
        and \(spilled) KB of activations that did not fit into fast memory.
        """)
    }
    return notes
  }

  /// Whether a compilation worked: the last line of a good run was printed, the program is there,
  /// and the exit status is 0. Failure texts are not documented, so nothing is read from them.
  ///
  /// - Parameter programExists: whether `CompileCommand.programFile` exists.
  /// - Returns: what was printed.
  /// - Throws: `IsocutError` `.vendorTool` saying which of the three is missing.
  package static func checked(
    standardOutput: String, standardError: String, status: Int32, programExists: Bool
  ) throws -> CompilerOutput {
    let output = CompilerOutput(parsing: standardOutput)
    func failure(_ what: String) -> IsocutError {
      let said = lastLines(of: standardOutput + "\n" + standardError)
      return IsocutError(.vendorTool, "qaic-compile \(what); it said: \(said)")
    }
    guard status == 0 else { throw failure("failed with exit status \(status)") }
    guard output.programFolder != nil else { throw failure("did not report a program") }
    guard programExists else { throw failure("reported a program but wrote no programqpc.bin") }
    return output
  }
}

/// Sizes and traffic as the compiler estimates them, in the units it prints. Its estimate of the
/// multiplications is left out: published figures have overflowed.
package struct MemoryTraffic: Hashable, Sendable {
  /// Kilobytes read from DDR per execution, all cores and the host together.
  package var readKilobytes: Int?
  /// The part of it that is weights.
  package var constantReadKilobytes: Int?
  package var writtenKilobytes: Int?
  /// Bytes of fast memory one core may use.
  package var fastMemoryBytes: Int?
  /// Bytes of weights.
  package var constantBytes: Int?

  /// Kilobytes of activations that did not fit into fast memory.
  package var spilledKilobytes: Int? {
    guard let readKilobytes, let constantReadKilobytes else { return nil }
    return max(0, readKilobytes - constantReadKilobytes)
  }

  /// The line before told the total read; its `constant only` line follows.
  private var expectsConstants = false

  mutating func read(_ line: Substring) {
    func number(after label: String) -> Int? {
      guard let range = line.firstRange(of: label) else { return nil }
      return Int(line[range.upperBound...].trimmed.prefix { $0.isNumber })
    }
    if line.hasPrefix("total: DDR traffic") {
      if let value = number(after: "read:") {
        readKilobytes = value
        expectsConstants = true
        return
      }
      if let value = number(after: "write:") { writtenKilobytes = value }
    } else if expectsConstants, line.hasPrefix("constant only:") {
      constantReadKilobytes = number(after: "constant only:")
    } else if line.hasPrefix("VTCMMaxSize:") {
      fastMemoryBytes = number(after: "VTCMMaxSize:")
    } else if line.hasPrefix("Constants size:") {
      constantBytes = number(after: "Constants size:")
    }
    expectsConstants = false
  }
}
