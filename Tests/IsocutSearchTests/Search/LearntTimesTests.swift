import IsocutGraph
import IsocutSearch
import Testing

@Suite struct LearntTimesTests {
  private func set(_ range: Range<Int>, of count: Int) -> OperatorSet {
    OperatorSet(range, capacity: count)
  }

  private func learn(
    _ learnt: inout LearntTimes, _ stage: OperatorSet, seams: Set<TensorIndex> = [],
    bytes: Int = 0, _ milliseconds: Double
  ) {
    learnt.learn(
      LearntTimes.Observation(
        operators: stage, seams: seams, bytes: bytes, milliseconds: milliseconds))
  }

  @Test func nothingMeasuredLeavesTheFirstGuess() {
    let learnt = LearntTimes(prior: LearntTimes.Prior(times: [1, 2, 3]))
    #expect(learnt.times == [1, 2, 3])
    #expect(learnt.call == 0)
    #expect(learnt.seams.isEmpty)
  }

  @Test func aMeasuredStageIsMetAndItsNeighboursMoveAlong() {
    var learnt = LearntTimes(prior: LearntTimes.Prior(times: Array(repeating: 1, count: 10)))
    learn(&learnt, set(0..<5, of: 10), seams: [], 6)
    let times = learnt.times
    let first = times[..<5].reduce(0, +) + learnt.call
    #expect(abs(first - 6) < 0.05)
    // Part of the surprise is taken as a matter of the machine, so the rest rises too, but less.
    #expect(times[7] > 1 && times[7] < times[2])
  }

  @Test func twoStagesSeparateWhatTheyShare() {
    // Operators 0 ..< 4 are as guessed, 4 ..< 8 take double.
    var learnt = LearntTimes(prior: LearntTimes.Prior(times: Array(repeating: 1, count: 8)))
    learn(&learnt, set(0..<4, of: 8), seams: [], 4)
    learn(&learnt, set(0..<8, of: 8), seams: [], 12)
    let times = learnt.times
    #expect(abs(times[..<4].reduce(0, +) - 4) < 0.1)
    #expect(abs(times[4...].reduce(0, +) - 8) < 0.2)
  }

  @Test func aSeamIsBlamedWhenOnlyStagesCutThereAreSlow() {
    var learnt = LearntTimes(prior: LearntTimes.Prior(times: Array(repeating: 1, count: 6)))
    learn(&learnt, set(0..<3, of: 6), seams: [3], 3.3)
    learn(&learnt, set(3..<6, of: 6), seams: [3], 3.3)
    learn(&learnt, set(0..<2, of: 6), seams: [2], 2)
    learn(&learnt, set(4..<6, of: 6), seams: [4], 2)
    #expect(learnt.seams[3] ?? 0 > 0)
    #expect(learnt.seams[3] ?? 0 > 2 * (learnt.seams[2] ?? 0))
  }

  @Test func timesStayPositiveWhateverIsMeasured() {
    var learnt = LearntTimes(prior: LearntTimes.Prior(times: [1, 1, 1, 0]))
    learn(&learnt, set(0..<2, of: 4), seams: [1], 0.001)
    learn(&learnt, set(0..<3, of: 4), seams: [2], 9)
    learn(&learnt, set(0..<3, of: 4), seams: [2], 9)
    #expect(learnt.times.allSatisfy { $0 >= 0 && $0.isFinite })
    #expect(learnt.call >= 0)
  }

  @Test func aCostThatWouldBeNegativeLeavesMeasuredStagesAsTheyWereMeasured() {
    var learnt = LearntTimes(prior: LearntTimes.Prior(times: Array(repeating: 1, count: 8)))
    // Both are faster than guessed, which only operators can explain.
    learn(&learnt, set(0..<4, of: 8), seams: [4], 3)
    learn(&learnt, set(4..<8, of: 8), seams: [4], 3)
    #expect(learnt.call == 0)
    #expect(learnt.seams.isEmpty)
    #expect(abs(learnt.times[..<4].reduce(0, +) - 3) < 0.03)
    #expect(abs(learnt.times[4...].reduce(0, +) - 3) < 0.03)
  }

  @Test func aMeasurementThatOthersContradictIsLikelyToBeNoise() {
    var learnt = LearntTimes(
      prior: LearntTimes.Prior(times: Array(repeating: 1, count: 8), operatorSpread: 0.01))
    for (stage, milliseconds) in [(0..<4, 4.0), (4..<8, 4.0), (2..<6, 4.4)] {
      learnt.learn(
        LearntTimes.Observation(
          operators: set(stage, of: 8), milliseconds: milliseconds, noise: 0.05))
    }
    #expect(learnt.likely[2] > 4 && learnt.likely[2] < 4.2)
    var exact = learnt
    learn(&exact, set(1..<5, of: 8), 4.4)
    #expect(abs(exact.likely[3] - 4.4) < 1e-9)
  }
}
