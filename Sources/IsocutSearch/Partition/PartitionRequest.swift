package import IsocutBackends
package import IsocutGraph

/// What `isocut partition` is asked to do.
package struct PartitionRequest: Sendable {
  package var preparation: PreparationRequest
  package var stageCount: Int
  package var layout: ClusterLayout
  /// Devices that measure the stages one after the other, where these are fewer than the layout's.
  package var measuringDevices: [Device]?
  package var level: LevelChoice
  package var method: SearchMethod
  /// The tuning of `SearchMethod.libcoral`.
  package var bisection: BisectionRule
  /// A share: 0.01 is one percent.
  package var tolerance: Double
  package var budget: Budget
  package var output: String
  package var overwrites: Bool
  /// Names the stages' files as libcoral does, `STEM_segment_0_of_2`; nil names them `stage_0`.
  package var segmentStem: String?
  /// Runs of each stage whenever it is measured; nil measures until figures are certain.
  package var runs: Int?

  package init(
    preparation: PreparationRequest, stageCount: Int, layout: ClusterLayout, level: LevelChoice,
    method: SearchMethod, bisection: BisectionRule = BisectionRule(), tolerance: Double,
    budget: Budget, output: String, overwrites: Bool, segmentStem: String? = nil
  ) {
    self.preparation = preparation
    self.stageCount = stageCount
    self.layout = layout
    self.level = level
    self.method = method
    self.bisection = bisection
    self.tolerance = tolerance
    self.budget = budget
    self.output = output
    self.overwrites = overwrites
    self.segmentStem = segmentStem
  }
}

/// Which optimisation levels of the engine are tried.
package enum LevelChoice: Hashable, Sendable {
  /// Basic and all, each for the whole plan.
  case automatic
  case fixed(RunOptions.OptimizationLevel)
}

/// How the cut is found (`--search`).
package enum SearchMethod: String, Sendable, CaseIterable {
  /// Predict, measure what is predicted best, learn, repeat; then measure what proves the result.
  case certified
  /// libcoral's procedure: bisect the time of a stage, shorten stages until they meet it.
  case libcoral
  /// The equal-parameter cut, measured.
  case equalParameters = "equal-parameters"
  /// Every stage of every cut along the graph's own order, measured.
  case exhaustive
}

/// What a search may cost (`--budget`).
package struct Budget: Hashable, Sendable {
  package var seconds: Double?
  /// Stages measured, those taken from the store counted like new ones: the same command line with
  /// the same budget comes to the same end, however often it was stopped.
  package var measurements: Int?
  package var compilations: Int?

  package init(seconds: Double? = nil, measurements: Int? = nil, compilations: Int? = nil) {
    self.seconds = seconds
    self.measurements = measurements
    self.compilations = compilations
  }

  /// How many stages may be measured: each is compiled once.
  package var stages: Int? {
    [measurements, compilations].compactMap(\.self).min()
  }

  /// Reads `60s`, `40measurements` or `20compilations`.
  ///
  /// - Throws: `IsocutError` `.usage`.
  package init(parsing text: String) throws {
    if let count = Self.count(text, of: "measurements") {
      self.init(measurements: count)
    } else if let count = Self.count(text, of: "compilations") {
      self.init(compilations: count)
    } else if text.hasSuffix("s"), let seconds = Double(text.dropLast()), seconds > 0,
      seconds.isFinite
    {
      self.init(seconds: seconds)
    } else {
      throw IsocutError(
        .usage,
        "--budget \(text) is none of: a time such as 60s, 40measurements, 20compilations")
    }
  }

  private static func count(_ text: String, of what: String) -> Int? {
    guard text.hasSuffix(what), let count = Int(text.dropLast(what.count)), count > 0 else {
      return nil
    }
    return count
  }
}
