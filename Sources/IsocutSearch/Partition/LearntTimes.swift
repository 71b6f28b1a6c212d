package import IsocutGraph

/// Operator times on one kind of device: a first guess of each, corrected by measured stages.
///
/// Bayesian linear regression. The time of a stage is the sum of its operators' times, plus a cost
/// for each tensor at which it was cut (fusion broken at a seam, layouts converted), plus a fixed
/// cost per call. Each term has a prior mean (the first guess; zero for seams) and a prior variance;
/// a measured stage moves all terms that it contains, the uncertain ones most. With m measured
/// stages the posterior mean needs one m x m system: mean + V X^T (X V X^T + N)^-1 (y - X mean).
package struct LearntTimes: Sendable {
  /// Relative standard deviation of one operator's first guess.
  private static let operatorSpread = 0.25
  /// Standard deviation of the cost of a seam, relative to the whole model.
  private static let seamSpread = 0.01
  /// Standard deviation of a measured stage, relative to itself.
  private static let noise = 0.004
  /// Standard deviation of the fixed cost per call, in milliseconds.
  private static let callSpread = 0.005

  /// The first guess for each operator, in milliseconds.
  package let prior: [Double]
  private let whole: Double
  /// Relative standard deviation of an error that all operators share: another clock rate, or a
  /// first guess that knows shares only.
  private let commonSpread: Double
  private var stages: [Stage] = []
  private var weights: [Double] = []

  private struct Stage {
    var operators: OperatorSet
    var seams: Set<TensorIndex>
    var guess: Double
    var measured: Double
  }

  /// - Parameter commonSpread: how wrong all first guesses may be together, as a share.
  package init(prior: [Double], commonSpread: Double = 0.1) {
    self.prior = prior
    self.commonSpread = commonSpread
    whole = max(prior.reduce(0, +), 1e-6)
  }

  /// Takes in a measured stage.
  ///
  /// - Parameter seams: the tensors at which the stage was cut out, on either side.
  package mutating func learn(
    _ operators: OperatorSet, seams: Set<TensorIndex>, milliseconds: Double
  ) {
    let guess = operators.reduce(0) { $0 + prior[$1] }
    stages.append(
      Stage(operators: operators, seams: seams, guess: guess, measured: milliseconds))
    weights = solve()
  }

  /// Operator times under everything learnt; never negative.
  package var times: [Double] {
    var times = prior
    for (stage, weight) in zip(stages, weights) {
      for index in stage.operators { times[index] += weight * operatorVariance(index) }
      let common = weight * commonSpread * commonSpread * stage.guess
      for index in times.indices { times[index] += common * prior[index] }
    }
    for index in times.indices { times[index] = max(times[index], 0.05 * prior[index]) }
    return times
  }

  /// What it costs a stage to be cut at each tensor where that was learnt; never negative.
  package var seams: [TensorIndex: Double] {
    var costs: [TensorIndex: Double] = [:]
    for (stage, weight) in zip(stages, weights) {
      for seam in stage.seams { costs[seam, default: 0] += weight * seamVariance }
    }
    return costs.filter { $0.value > 0 }
  }

  /// The fixed cost of calling a stage; never negative.
  package var call: Double {
    max(0, weights.reduce(0, +) * Self.callSpread * Self.callSpread)
  }

  private func operatorVariance(_ index: Int) -> Double {
    // The profile counts whole microseconds, so small operators are uncertain by more than a share.
    let deviation = Self.operatorSpread * prior[index] + 0.001
    return deviation * deviation
  }

  private var seamVariance: Double {
    let deviation = Self.seamSpread * whole
    return deviation * deviation
  }

  private func covariance(_ a: Stage, _ b: Stage) -> Double {
    var sum = commonSpread * commonSpread * a.guess * b.guess
    sum += Self.callSpread * Self.callSpread
    for index in a.operators where b.operators.contains(index) { sum += operatorVariance(index) }
    sum += Double(a.seams.intersection(b.seams).count) * seamVariance
    return sum
  }

  /// The solution of (X V X^T + N) w = y - X mean, by Cholesky's method.
  private func solve() -> [Double] {
    let count = stages.count
    var factor = Array(repeating: Array(repeating: 0.0, count: count), count: count)
    for row in 0..<count {
      for column in 0...row {
        var value = covariance(stages[row], stages[column])
        if row == column {
          let deviation = Self.noise * stages[row].measured
          value += deviation * deviation + 1e-12
        }
        for index in 0..<column { value -= factor[row][index] * factor[column][index] }
        if row == column {
          factor[row][row] = max(value, 1e-18).squareRoot()
        } else {
          factor[row][column] = value / factor[column][column]
        }
      }
    }
    var weights = stages.map { $0.measured - $0.guess }
    for row in 0..<count {
      for column in 0..<row { weights[row] -= factor[row][column] * weights[column] }
      weights[row] /= factor[row][row]
    }
    for row in (0..<count).reversed() {
      for column in (row + 1)..<max(count, row + 1) {
        weights[row] -= factor[column][row] * weights[column]
      }
      weights[row] /= factor[row][row]
    }
    return weights
  }
}
