import IsocutGraph

/// What `qaic-runner` printed.
///
/// Every part may be missing: a run that failed prints no result line, and an option that the tool
/// does not know makes it print its usage and exit with status 0.
package struct RunnerOutput: Hashable, Sendable {
  /// One for each result line, in order; a log may hold several runs.
  package var results: [RunnerResult] = []
  /// Times on the device, of a program that was compiled with device statistics.
  package var devicePerformance: [DeviceMetric] = []
  /// Files the tool wrote, as it named them.
  package var writtenFiles: [String] = []

  package init(parsing text: String) {
    for line in text.split(whereSeparator: \.isNewline) {
      if let result = RunnerResult(parsing: line) {
        results.append(result)
      } else if let metric = DeviceMetric(parsing: line) {
        devicePerformance.append(metric)
      } else if let path = line.trimmed.after("Writing file:"), !path.isEmpty {
        writtenFiles.append(String(path))
      }
    }
  }

  /// The result of a run that ended with `status`.
  ///
  /// The result line decides; the exit status alone proves nothing.
  ///
  /// - Throws: `IsocutError` `.vendorTool` where the run failed or printed no usable result.
  package static func result(
    standardOutput: String, standardError: String, status: Int32
  ) throws -> RunnerResult {
    let said = lastLines(of: standardError + "\n" + standardOutput)
    guard let result = RunnerOutput(parsing: standardOutput).results.last else {
      throw IsocutError(
        .vendorTool,
        "qaic-runner printed no result line (exit status \(status)); it said: \(said)")
    }
    guard status == 0 else {
      throw IsocutError(
        .vendorTool, "qaic-runner failed with exit status \(status); it said: \(said)")
    }
    guard result.rate.isFinite, result.rate > 0, result.executions > 0 else {
      throw IsocutError(
        .vendorTool,
        "qaic-runner finished \(result.executions) inferences at \(result.rate) a second")
    }
    return result
  }
}

/// A line such as `InferenceCnt 21961 TotalDuration 20063118us BatchSize 4 Inf/Sec 4378.382`.
package struct RunnerResult: Hashable, Sendable, Codable {
  /// Finished executions of the program, each of them one batch.
  package var executions: Int
  package var durationMicroseconds: Int
  package var batchSize: Int
  /// Items a second: executions times batch size by duration.
  package var rate: Double

  /// Milliseconds from one finished execution to the next, all instances together.
  package var millisecondsPerExecution: Double { 1000 * Double(max(1, batchSize)) / rate }

  /// Nil where the line is none of these, or holds a value that is no number.
  init?(parsing line: Substring) {
    let words = line.split(whereSeparator: \.isWhitespace)
    func word(after name: String) -> Substring? {
      words.firstIndex(of: Substring(name)).flatMap { words.dropFirst($0 + 1).first }
    }
    guard
      let executions = word(after: "InferenceCnt").flatMap({ Int($0) }),
      let duration = word(after: "TotalDuration"), duration.hasSuffix("us"),
      let microseconds = Int(duration.dropLast(2)),
      let batchSize = word(after: "BatchSize").flatMap({ Int($0) }),
      let rate = word(after: "Inf/Sec").flatMap({ Double($0) })
    else { return nil }
    self.executions = executions
    durationMicroseconds = microseconds
    self.batchSize = batchSize
    self.rate = rate
  }
}

/// A row of the block `Device Performance:`, in microseconds.
package struct DeviceMetric: Hashable, Sendable {
  package var name: String
  package var average: Double
  package var minimum: Double
  package var maximum: Double
  package var deviation: Double

  init?(parsing line: Substring) {
    let fields = line.split(separator: ",").map(\.trimmed)
    guard fields.count == 5, fields[0].hasSuffix("Us") else { return nil }
    let numbers = fields.dropFirst().compactMap { Double($0) }
    guard numbers.count == 4 else { return nil }
    name = String(fields[0])
    (average, minimum, maximum, deviation) = (numbers[0], numbers[1], numbers[2], numbers[3])
  }
}
