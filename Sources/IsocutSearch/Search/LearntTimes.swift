import Foundation
package import IsocutGraph
package import IsocutSolver

/// What a stage costs on one kind of device: a first guess, corrected by measured stages.
///
/// Bayesian linear regression. The time of a stage is the sum of its operators' times, plus a cost
/// for each tensor at which it was cut (fusion broken at a seam, layouts converted), plus a fixed
/// cost per call, plus a rate for each byte of its constants above a capacity (fast memory that
/// overflows). Each term has a prior mean (the first guess; zero for all but operators) and a prior
/// variance; a measured stage moves all terms that it contains, the uncertain ones most. With m
/// measured stages the posterior mean needs one m x m system:
/// mean + V X^T (X V X^T + N)^-1 (y - X mean). The capacity is no linear term: that of the greatest
/// evidence among many is taken, if it explains the stages clearly better than none.
package struct LearntTimes: Sendable {
  /// What is known of a kind of device before anything is measured on it.
  package struct Prior: Sendable {
    /// Milliseconds of each operator.
    package var times: [Double]
    /// How wrong each of them may be alone, as a share (one standard deviation).
    package var operatorSpread: Double
    /// How wrong all of them may be together: another clock rate, or a guess that knows shares only.
    package var commonSpread: Double

    package init(times: [Double], operatorSpread: Double = 0.25, commonSpread: Double = 0.1) {
      self.times = times
      self.operatorSpread = operatorSpread
      self.commonSpread = commonSpread
    }
  }

  /// A measured stage.
  package struct Observation: Sendable {
    package var operators: OperatorSet
    /// The tensors at which the stage was cut out, on either side.
    package var seams: Set<TensorIndex>
    /// Bytes of the constants that it reads.
    package var bytes: Int
    package var milliseconds: Double
    /// Standard deviation of the measurement, relative to it.
    package var noise: Double

    package init(
      operators: OperatorSet, seams: Set<TensorIndex> = [], bytes: Int = 0, milliseconds: Double,
      noise: Double = 0
    ) {
      self.operators = operators
      self.seams = seams
      self.bytes = bytes
      self.milliseconds = milliseconds
      self.noise = noise
    }
  }

  /// Standard deviation of the cost of a seam, relative to an equal share of the model.
  private static let seamSpread = 0.02
  /// Standard deviation of the fixed cost per call, relative to the whole model.
  private static let callSpread = 0.01
  /// What no model of this kind explains, relative to a stage.
  private static let noise = 0.004
  /// Standard deviation of the time per byte above the capacity, relative to the model's time per
  /// byte of all its constants.
  private static let rateSpread = 4.0
  /// By how much a capacity must raise the logarithm of the evidence.
  private static let evidenceForCapacity = 2.0

  package let prior: Prior
  private let whole: Double
  private let totalBytes: Int
  private let stageCount: Int
  private var stages: [Observation] = []
  private var guesses: [Double] = []
  /// Lower triangle of X V X^T + N of the operators alone.
  private var covariance: [[Double]] = []

  /// What the measured stages are likely to take, in the order of their measurement: without the
  /// part of their measurements that is most probably noise.
  package private(set) var likely: [Double] = []
  /// Operator times under everything learnt; never negative.
  package private(set) var times: [Double]
  /// What it costs a stage to be cut at each tensor where that was learnt; never negative.
  package private(set) var seams: [TensorIndex: Double] = [:]
  /// The fixed cost of calling a stage; never negative.
  package private(set) var call = 0.0
  /// What bytes above a capacity cost, where stages show it.
  package private(set) var offChip: OffChip?

  /// - Parameters:
  ///   - totalBytes: of all constants of the model.
  ///   - stageCount: into how many stages it is cut.
  package init(prior: Prior, totalBytes: Int = 0, stageCount: Int = 2) {
    self.prior = prior
    self.totalBytes = totalBytes
    self.stageCount = stageCount
    whole = max(prior.times.reduce(0, +), 1e-6)
    times = prior.times
  }

  /// Takes in a measured stage.
  package mutating func learn(_ stage: Observation) {
    let guess = stage.operators.reduce(0) { $0 + prior.times[$1] }
    stages.append(stage)
    guesses.append(guess)
    let row = stages.count - 1
    covariance.append((0...row).map { covariance(row, $0) })
    update()
  }

  // MARK: Prior variances

  private func operatorVariance(_ index: Int) -> Double {
    // A profile counts whole microseconds, so small operators are uncertain by more than a share.
    let deviation = prior.operatorSpread * prior.times[index] + 0.001
    return deviation * deviation
  }

  private var seamVariance: Double { (Self.seamSpread * whole / Double(stageCount)).squared }
  private var callVariance: Double { (Self.callSpread * whole + 0.005).squared }
  private var rateVariance: Double {
    (Self.rateSpread * whole / Double(max(1, totalBytes))).squared
  }

  private func covariance(_ row: Int, _ column: Int) -> Double {
    let (a, b) = (stages[row], stages[column])
    var sum = prior.commonSpread.squared * guesses[row] * guesses[column]
    for index in a.operators where b.operators.contains(index) { sum += operatorVariance(index) }
    if row == column {
      sum += (Self.noise.squared + a.noise.squared) * a.milliseconds.squared + 1e-12
    }
    return sum
  }

  // MARK: Posterior

  /// Costs of seams and calls are not negative. Where the most probable one would be, that cost is
  /// taken to be zero and the others are found anew: cut off alone, it would leave all stages
  /// predicted too slow.
  private mutating func update() {
    let difference = zip(stages, guesses).map { $0.milliseconds - $1 }
    var free = FreeTerms(call: callVariance, seam: seamVariance)
    var base = covariance(free)
    let (capacity, above) = likelyCapacity(base, difference)
    var weights: [Double]
    repeat {
      weights = Posterior(adding(rateVariance, above, to: base), difference).weights
      call = weights.reduce(0, +) * free.call
      seams = [:]
      for (stage, weight) in zip(stages, weights) {
        for seam in stage.seams where !free.zeroSeams.contains(seam) {
          seams[seam, default: 0] += weight * free.seam
        }
      }
      guard free.fix(call: call, seams: seams) else { break }
      base = covariance(free)
    } while true
    likely = zip(stages, weights).map { stage, weight in
      stage.milliseconds - (stage.noise * stage.milliseconds).squared * weight
    }
    times = prior.times
    var common = 0.0
    for (index, stage) in stages.enumerated() {
      for member in stage.operators { times[member] += weights[index] * operatorVariance(member) }
      common += weights[index] * prior.commonSpread.squared * guesses[index]
    }
    for index in times.indices {
      times[index] = max(times[index] + common * prior.times[index], 0.05 * prior.times[index])
    }
    let rate = zip(weights, above).reduce(0) { $0 + $1.0 * $1.1 } * rateVariance
    offChip = capacity.flatMap { rate > 0 ? OffChip(capacityBytes: $0, timePerByte: rate) : nil }
  }

  /// X V X^T + N without the off-chip term.
  private func covariance(_ free: FreeTerms) -> [[Double]] {
    stages.indices.map { row in
      (0...row).map { column in
        let shared = stages[row].seams.intersection(stages[column].seams)
        let seams = shared.count { !free.zeroSeams.contains($0) }
        return covariance[row][column] + free.call + Double(seams) * free.seam
      }
    }
  }

  private func adding(_ variance: Double, _ above: [Double], to base: [[Double]]) -> [[Double]] {
    base.indices.map { row in
      (0...row).map { base[row][$0] + variance * above[row] * above[$0] }
    }
  }

  /// The capacity that explains the stages clearly better than none, with the bytes that each stage
  /// has above it: the best of a few an octave, then of those near it.
  private func likelyCapacity(
    _ base: [[Double]], _ difference: [Double]
  ) -> (capacity: Int?, above: [Double]) {
    var result: (capacity: Int?, above: [Double]) = (nil, stages.map { _ in 0 })
    var evidence = Posterior(base, difference).evidence + Self.evidenceForCapacity
    func consider(_ candidate: Int) {
      let above = stages.map { Double(max(0, $0.bytes - candidate)) }
      let posterior = Posterior(adding(rateVariance, above, to: base), difference)
      guard posterior.evidence > evidence,
        zip(posterior.weights, above).reduce(0, { $0 + $1.0 * $1.1 }) > 0
      else { return }
      evidence = posterior.evidence
      result = (candidate, above)
    }
    for candidate in capacities { consider(candidate) }
    if let coarse = result.capacity {
      for step in -7...7 where step != 0 { consider(Int(Double(coarse) * exp2(Double(step) / 64))) }
    }
    return result
  }

  /// Capacities that some measured stage exceeds: eight an octave.
  private var capacities: [Int] {
    let most = stages.map(\.bytes).max() ?? 0
    var result: [Int] = []
    var size = Double(1 << 18)
    while Int(size) < most {
      result.append(Int(size))
      size *= exp2(1.0 / 8)
    }
    return result
  }
}

/// Terms with a lower limit of zero that have not been fixed there.
private struct FreeTerms {
  /// Variance of the cost per call.
  var call: Double
  /// Variance of the cost of a seam.
  let seam: Double
  var zeroSeams: Set<TensorIndex> = []

  init(call: Double, seam: Double) {
    self.call = call
    self.seam = seam
  }

  /// Fixes the terms that came out negative at zero.
  ///
  /// - Returns: whether there were any.
  mutating func fix(call: Double, seams: [TensorIndex: Double]) -> Bool {
    let negative = seams.filter { $0.value < 0 }.keys
    zeroSeams.formUnion(negative)
    if call < 0 { self.call = 0 }
    return call < 0 || !negative.isEmpty
  }
}

/// The solution w of (X V X^T + N) w = y - X mean by Cholesky's method, with the logarithm of the
/// evidence: how probable the measured times are, up to a constant.
private struct Posterior {
  var weights: [Double]
  var evidence: Double

  init(_ lowerTriangle: [[Double]], _ difference: [Double]) {
    let count = difference.count
    var factor = lowerTriangle
    for row in 0..<count {
      for column in 0...row {
        var value = factor[row][column]
        for inner in 0..<column { value -= factor[row][inner] * factor[column][inner] }
        factor[row][column] =
          row == column ? max(value, 1e-18).squareRoot() : value / factor[column][column]
      }
    }
    var result = difference
    var halfLogarithm = 0.0
    for row in 0..<count {
      for inner in 0..<row { result[row] -= factor[row][inner] * result[inner] }
      result[row] /= factor[row][row]
      halfLogarithm += log(factor[row][row])
    }
    evidence = -0.5 * result.reduce(0) { $0 + $1.squared } - halfLogarithm
    for row in (0..<count).reversed() {
      for inner in (row + 1)..<max(count, row + 1) {
        result[row] -= factor[inner][row] * result[inner]
      }
      result[row] /= factor[row][row]
    }
    weights = result
  }
}

extension Double {
  fileprivate var squared: Double { self * self }
}
