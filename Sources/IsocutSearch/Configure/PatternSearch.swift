package import IsocutBackends

/// Looks for the best point of a box of whole numbers: all neighbours of the best point so far, one
/// parameter changed in each, then with half the step, down to a step of 1.
///
/// Finds the best point of its surroundings, not of the box; several starting points help.
package struct PatternSearch {
  package typealias Point = [ConfiguratorFile.Parameter: Int]

  package enum Status: String, Hashable, Sendable {
    /// No neighbour is better.
    case success = "SUCCESS"
    /// As many points were measured as allowed.
    case evaluationLimit = "EVALUATION_LIMIT"
    /// Neither the starting point nor a neighbour has a value.
    case failed = "FAILED"
  }

  package struct Outcome: Hashable, Sendable {
    package var status: Status
    package var start: Point
    package var point: Point
    package var value: Double?
    package var evaluations: Int
  }

  package var ranges: [ConfiguratorFile.Parameter: ClosedRange<Int>]
  /// Points measured at most.
  package var limit: Int
  /// Makes a point possible that is not, or says that it cannot be.
  package var mend: (Point) -> Point?

  package init(
    ranges: [ConfiguratorFile.Parameter: ClosedRange<Int>], limit: Int,
    mend: @escaping (Point) -> Point?
  ) {
    self.ranges = ranges
    self.limit = limit
    self.mend = mend
  }

  /// - Parameter evaluate: values of several points, higher being better; nil where one has none.
  package func run(from start: Point, evaluate: ([Point]) throws -> [Double?]) rethrows -> Outcome {
    var known: [Point: Double?] = [:]
    func look(at points: [Point]) throws {
      var new: [Point] = []
      for point in points where known[point] == nil && !new.contains(point) { new.append(point) }
      new = Array(new.prefix(limit - known.count))
      guard !new.isEmpty else { return }
      for (point, value) in zip(new, try evaluate(new)) { known[point] = .some(value) }
    }
    func value(_ point: Point) -> Double { (known[point] ?? nil) ?? -.infinity }

    var best = mend(start) ?? start
    var steps = ranges.mapValues { max(1, $0.count / 4) }
    try look(at: [best])
    while known.count < limit {
      let neighbours = neighbours(of: best, steps)
      try look(at: neighbours)
      if let next = neighbours.max(by: { value($0) < value($1) }), value(next) > value(best) {
        best = next
      } else if steps.values.contains(where: { $0 > 1 }) {
        steps = steps.mapValues { max(1, $0 / 2) }
      } else {
        break
      }
    }
    let found = known[best] ?? nil
    let status: Status = found == nil ? .failed : known.count < limit ? .success : .evaluationLimit
    return Outcome(
      status: status, start: start, point: best, value: found, evaluations: known.count)
  }

  private func neighbours(of point: Point, _ steps: [ConfiguratorFile.Parameter: Int]) -> [Point] {
    ConfiguratorFile.Parameter.allCases.flatMap { parameter -> [Point] in
      guard let range = ranges[parameter], let step = steps[parameter] else { return [] }
      let value = point[parameter] ?? range.lowerBound
      return [value - step, value + step].compactMap { moved in
        var neighbour = point
        neighbour[parameter] = min(max(moved, range.lowerBound), range.upperBound)
        return neighbour == point ? nil : mend(neighbour)
      }
    }
    .filter { $0 != point }
  }
}
