import IsocutGraph

extension CutSearch {
  private static let greatestRunnerUpCount = 3
  /// Noise below this share does not choose between cuts.
  private static let noticeableNoise = 0.001

  /// Where measurements are noisy, the best cut may be the one that noise was kind to. So the
  /// slowest unknown stage is measured of the runner-up: the best cut without the slowest stage of
  /// the best one, if it is predicted to be as good within a part of the noise. Such stages mostly
  /// overlap the doubted one, so their noise, drawn anew, tells more of its operators.
  mutating func measureRunnerUp() async throws {
    let noise = known.usualNoise - 1
    guard let best, noise > Self.noticeableNoise, mayMeasure,
      runnerUpStages < Self.greatestRunnerUpCount,
      let slowest = best.likely.indices.max(by: { best.likely[$0] < best.likely[$1] })
    else { return }
    let predictions = Predictions(self, avoiding: best.cut.stages[slowest])
    guard let runnerUp = try prediction(predictions, along: oneOrder),
      runnerUp.bottleneck < best.bottleneck * (1 + noise / 4),
      let place = slowestUnknown(of: runnerUp.stages, predictions)
    else { return }
    runnerUpStages += 1
    rounds += 1
    let stage = runnerUp.stages[place]
    _ = try await measure(stage, place, predicted: predictions.load(of: stage, onDevice: place))
  }
}
