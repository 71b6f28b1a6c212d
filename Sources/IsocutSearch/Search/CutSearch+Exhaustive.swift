import IsocutGraph
import IsocutSolver

extension CutSearch {
  /// Segments of one order that are measured at most.
  package static let exhaustiveLimit = 5000

  /// Measures every segment of the graph's own order that some cut has as a stage, and takes the
  /// best cut of that order: the oracle for small models. Where a limit ends it, the best cut of
  /// what was measured.
  ///
  /// - Throws: `IsocutError` `.infeasible` where that would be too many measurements.
  package mutating func measureAll() async throws {
    let units = allCuts.units
    let last = devices.count - 1
    var segments: [(place: Int, range: Range<Int>)] = []
    for place in devices.indices {
      // Stages before and after need a unit each.
      let starts = place == 0 ? 0...0 : place...(units.count - devices.count + place)
      for start in starts {
        let ends =
          place == last
          ? units.count...units.count : (start + 1)...(units.count - last + place)
        segments += ends.map { (place, start..<$0) }
      }
    }
    let count = Set(segments.map { [$0.range.lowerBound, $0.range.upperBound] }).count
    guard count <= Self.exhaustiveLimit else {
      throw IsocutError(
        .infeasible,
        """
        --search exhaustive would measure \(count) stages of \(units.count) operators, more than \
        \(Self.exhaustiveLimit); use --search certified
        """)
    }
    learns = false
    if devices.count == 2 {
      // Where one of two stages is slower than the best cut, the other need not be known.
      for place in 1..<units.count where mayMeasure {
        let stages = [units[..<place], units[place...]].map {
          OperatorSet($0.joined(), capacity: graph.operators.count)
        }
        try await measure(stages: stages, abandonAbove: best?.bottleneck ?? .infinity)
      }
      isExhausted = mayMeasure
      return
    }
    for (place, range) in segments {
      let stage = OperatorSet(units[range].joined(), capacity: graph.operators.count)
      guard known[stage, devices[place].speedKind] == nil else { continue }
      guard mayMeasure else { break }
      rounds += 1
      _ = try await measure(stage, place, predicted: nil)
    }
    guard let found = Predictions(measuredOnly: self).best(along: units) else { return }
    try await measure(Cut(stages: found.stages))
    isExhausted = mayMeasure
  }
}
