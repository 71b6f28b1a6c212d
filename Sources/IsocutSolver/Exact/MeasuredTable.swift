internal import IsocutGraph

/// The measured stages of one device kind over the units of an instance.
struct MeasuredTable: Sendable {
  /// Units that hold a part of the measured set: whoever contains them all contains the set.
  private(set) var covers: [[Int]] = []
  /// For each unit the stages in whose cover it is.
  private(set) var coversOfUnit: AdjacencyRows
  /// For each unit, as bits, the stages whose set contains the whole unit.
  private(set) var containing: [[UInt64]]
  /// Units wholly inside each set.
  private(set) var insideCount: [Int] = []
  /// Whether the set is a union of units, so that it can be a stage.
  private(set) var isExact: [Bool] = []
  private(set) var costs: [StageCost] = []
  /// Whether costs are bounds for sets around and inside.
  let bounds: Bool

  var count: Int { costs.count }
  var isEmpty: Bool { costs.isEmpty }
  var wordCount: Int { (costs.count + 63) / 64 }

  /// Stages are sorted by estimate, so the first stage around a set has the smallest one.
  /// A set measured twice counts with its first measurement.
  init(_ measured: [MeasuredStage], members: [[Int]], assumesMonotone: Bool) {
    bounds = assumesMonotone
    var seen: Set<OperatorSet> = []
    let distinct = measured.filter { seen.insert($0.operators).inserted }
    let sorted = distinct.enumerated().sorted {
      ($0.element.cost.estimate, $0.offset) < ($1.element.cost.estimate, $1.offset)
    }.map(\.element)
    var containing = Array(
      repeating: Array(repeating: UInt64(0), count: (sorted.count + 63) / 64),
      count: members.count)
    for (index, stage) in sorted.enumerated() {
      var cover: [Int] = []
      var inside = 0
      for (unit, operators) in members.enumerated() {
        let held = operators.count { stage.operators.contains($0) }
        if held > 0 { cover.append(unit) }
        if held == operators.count {
          inside += 1
          containing[unit][index >> 6] |= 1 << UInt64(index & 63)
        }
      }
      covers.append(cover)
      insideCount.append(inside)
      isExact.append(inside == cover.count)
      costs.append(stage.cost)
    }
    self.containing = containing
    coversOfUnit = AdjacencyRows(covers).transposed(count: members.count)
  }

  /// What a set of units costs that is not measured itself: the prediction, kept within bounds.
  static func clamp(_ predicted: Double, lower: Double, upper: Double) -> Double {
    min(max(predicted, lower), upper)
  }
}
