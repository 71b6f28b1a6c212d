import Foundation
package import IsocutBackends
import IsocutFormats
package import IsocutGraph
package import IsocutProfile

/// Cuts a model into stages by measuring them and writes the bundle: `isocut partition`.
package struct Partitioner: Sendable {
  package enum Event: Sendable {
    case preparing
    case prepared(operators: Int, units: Int, notes: [String])
    /// The vendor's compiler cuts the model itself.
    case cuttingBaseline
    /// It cannot.
    case noVendorsCut(String)
    case profiling(RunOptions.OptimizationLevel)
    case search(RunOptions.OptimizationLevel, SearchEvent)
    case comparing(cuts: Int)
    case measuringTogether
    case verifying
    case verified(VerifyResult)
    /// The vendor's compiler makes the final files.
    case compiling
  }

  /// A finished bundle.
  package struct Result: Sendable {
    package var bundle: String
    package var plan: Plan
    package var verification: VerifyResult
  }

  private let request: PartitionRequest
  /// Prepares the model and verifies the stages.
  private let measurer: Measurer
  private let bench: any StageBench
  private let toolVersion: String
  private let isInterrupted: @Sendable () -> Bool
  private let report: @Sendable (Event) -> Void

  /// - Parameters:
  ///   - measurer: of the backend that prepares the model and runs its stages.
  ///   - bench: where stages are measured; nil measures them by `measurer`.
  ///   - isInterrupted: asked between measurements; true ends the command with what is measured
  ///     kept in the store.
  package init(
    _ request: PartitionRequest, measurer: Measurer, bench: (any StageBench)? = nil,
    toolVersion: String,
    isInterrupted: @escaping @Sendable () -> Bool = { false },
    report: @escaping @Sendable (Event) -> Void = { _ in }
  ) {
    self.request = request
    self.measurer = measurer
    self.bench = bench ?? WorkerBench(measurer: measurer, runs: request.runs)
    self.toolVersion = toolVersion
    self.isInterrupted = isInterrupted
    self.report = report
  }

  /// - Throws: `IsocutError`: `.infeasible` for more stages than operators that can be cut, or when
  ///   no cut of any kind runs; `.checkFailed` where the stages do not compute what the model
  ///   computes, with the evidence kept; `.interrupted`; what preparing, measuring and writing throw.
  package func run() async throws -> Result {
    let start = ContinuousClock.now
    let output = try OutputFolder(
      creating: request.output, overwrites: request.overwrites, marker: PlanFile.name)
    do {
      report(.preparing)
      let preparation = try await Preparation(request.preparation, measurer: measurer)
      let graph = preparation.graph
      let units = graph.contraction.units.count
      report(
        .prepared(
          operators: graph.operators.count, units: units, notes: preparation.prepared.notes))
      guard units >= request.stageCount else {
        throw IsocutError(
          .infeasible,
          """
          \(request.preparation.model.modelPath) has \(units) operators that can be cut, fewer than \
          \(request.stageCount) stages
          """)
      }
      let stages = StageFiles(
        preparation: preparation, devices: request.layout.devices,
        measuringDevices: request.measuringDevices ?? request.layout.devices,
        inputPlan: request.preparation.model.inputs)
      let baseline = try await Baseline(request, preparation, measurer, report: report)
      try stopIfInterrupted()
      let outcome = try await LevelSearch(
        request: request, baseline: baseline, stages: stages, bench: bench,
        deadline: request.budget.seconds.map { start + .seconds($0) },
        isInterrupted: isInterrupted, report: report
      ).run()
      let chosen = try await choose(outcome, stages)
      return try await write(chosen, baseline, preparation, to: output, start: start)
    } catch {
      output.abandon()
      throw error
    }
  }

  // MARK: The end of the search

  /// The cut that the plan will have, with the figures of its last measurement.
  private struct Chosen {
    var cut: LeveledCut
    var predicted: [Double]
    var stages: [MedianInterval]
    var together: [Double]
    var disturbance: Disturbance
    /// Mean slowdown of fixed work in the final turns, as a share.
    var slowdown: Double
    /// Bottleneck of the equal-parameter cut; nil where it does not run.
    var baseline: Double?
    var baselineFailure: (place: Int, reason: String)?
    var isBaseline: Bool
    var proof: Proof
    /// Milliseconds of its bottleneck as the search measured it; nil for a challenger.
    var searched: Double?
    var rounds: Int
  }

  /// What a stage that does not compile or run ends a comparison with.
  private static let stageFailures: Set<IsocutError.Code> = [.badData, .vendorTool, .infeasible]

  private func choose(
    _ outcome: LevelSearch.Outcome, _ stages: StageFiles
  ) async throws -> Chosen {
    var finalists = outcome.finalists + outcome.challengers
    let final: FinalTurns.Result
    do {
      final = try await compare(finalists, outcome, stages)
    } catch let error as IsocutError
      where Self.stageFailures.contains(error.code) && !outcome.challengers.isEmpty
    {
      // Of a challenger no stage has run before.
      finalists = outcome.finalists
      final = try await compare(finalists, outcome, stages)
    }
    try stopIfInterrupted()
    let winner = finalists[final.winner]
    if stages.haveOwnDevices { report(.measuringTogether) }
    let together =
      stages.haveOwnDevices
      ? try await bench.together(winner.cut.parts(on: stages.devices), stages) : []
    try stopIfInterrupted()
    return Chosen(
      cut: winner.cut, predicted: winner.predicted, stages: final.figures[final.winner],
      together: together, disturbance: final.disturbance, slowdown: final.slowdown,
      baseline: outcome.baseline.map(final.bottleneck), baselineFailure: outcome.baselineFailure,
      isBaseline: final.winner == outcome.baseline,
      proof: outcome.proofs[winner.cut.level] ?? .none, searched: winner.bottleneck,
      rounds: outcome.rounds)
  }

  private func compare(
    _ finalists: [LevelSearch.Outcome.Finalist], _ outcome: LevelSearch.Outcome,
    _ stages: StageFiles
  ) async throws -> FinalTurns.Result {
    report(.comparing(cuts: finalists.count))
    var openings: [Int: Int] = [:]
    for (place, finalist) in finalists.enumerated().dropFirst(outcome.finalists.count) {
      openings[place] = finalist.predicted.indices.max {
        finalist.predicted[$0] < finalist.predicted[$1]
      }
    }
    return try await FinalTurns(
      stages: stages, bench: bench, runs: request.runs, isInterrupted: isInterrupted
    ).run(
      finalists.map(\.cut), openings: openings, baseline: outcome.baseline,
      expecting: outcome.bottleneck)
  }

  private func stopIfInterrupted() throws {
    if isInterrupted() { throw IsocutError.interrupted(saves: bench.saves) }
  }

  // MARK: Bundle

  private func write(
    _ chosen: Chosen, _ baseline: Baseline, _ preparation: Preparation, to output: OutputFolder,
    start: ContinuousClock.Instant
  ) async throws -> Result {
    var plan = try PlanBuilder(
      request: request, preparation: preparation, toolVersion: toolVersion
    ).plan(cut: chosen.cut.cut, level: chosen.cut.level, folder: output.workingFolder)
    try await bench.describe(&plan)
    for (index, interval) in chosen.stages.enumerated() {
      plan.stages[index].measuredMs = interval.median
      let wide = chosen.disturbance.widening(interval)
      plan.stages[index].measuredIntervalMs = [wide.low, wide.high]
      plan.stages[index].latencyMs =
        interval.median * Double(plan.stages[index].device.lanes)
      plan.stages[index].measuredTogetherMs =
        chosen.together.indices.contains(index) ? chosen.together[index] : nil
      // A stage that holds one which does not run is predicted to take for ever.
      plan.stages[index].predictedMs =
        chosen.predicted.indices.contains(index) && chosen.predicted[index].isFinite
        ? chosen.predicted[index] : nil
      plan.stages[index].status = chosen.disturbance.isTolerable ? "good" : "unstable"
    }
    if !chosen.disturbance.isTolerable {
      plan.notes.append(
        "Other programs used these cores while the stages were measured: the times are unstable.")
    } else if chosen.slowdown > Disturbance.tolerated.slowdown {
      plan.notes.append(
        """
        Neighbours on the host slowed these cores by \(Int((chosen.slowdown * 100).rounded())) % on \
        the mean: the stages' times are those of quiet moments, a pipeline is slower while they work.
        """)
    }
    plan.notes += preparation.notes + baseline.notes
    if let devices = request.measuringDevices, devices.count < chosen.stages.count {
      plan.notes.append(
        "The stages were measured one after the other on \(devices.map(\.id).joined(separator: ", "))."
      )
    }
    if let (place, reason) = chosen.baselineFailure {
      plan.notes.append(
        "Stage \(place) of \(baseline.name) does not run, so there is no baseline: \(reason)")
    }
    if chosen.isBaseline, request.method != .equalParameters {
      plan.notes.append("No cut was measured to be better than \(baseline.name).")
    }
    plan.takeFigures(chosen.proof, baseline: chosen.baseline, searched: chosen.searched)
    report(.verifying)
    let verification = try await verify(plan, preparation, in: output.workingFolder)
    report(.verified(verification))
    plan.verified = verification.pass
    if verification.inputSensitive == false {
      plan.notes.append(
        "The model's outputs do not depend on the inputs tried, so passing verification proves nothing."
      )
    }
    if verification.pass {
      if try await bench.compilesFinalStages { report(.compiling) }
      try await bench.finish(&plan, in: output.workingFolder)
    }
    let counts = await bench.counts
    plan.search = Plan.Search(
      rounds: chosen.rounds, compilations: counts.compilations,
      measurements: counts.measurements, repeats: counts.repeats, reused: counts.reused,
      seconds: (ContinuousClock.now - start).seconds)
    try PlanFile.write(plan, inFolder: output.workingFolder)
    guard verification.pass else {
      let kept = output.keepAsFailed()
      throw IsocutError(
        .checkFailed,
        """
        the stages do not compute what the model computes: \(verification.failure)\
        \(kept.map { "; the evidence is in \($0)" } ?? "")
        """)
    }
    try output.commit()
    return Result(bundle: output.destination, plan: plan, verification: verification)
  }

  private func verify(
    _ plan: Plan, _ preparation: Preparation, in folder: String
  ) async throws -> VerifyResult {
    let whole = preparation.folder + "/whole" + preparation.model.format.fileSuffix
    try preparation.source.file.writeWhole(
      to: whole, shapes: plan.options.dynamic ? [:] : plan.model.shapes)
    // The cut is isocut's; what a vendor's compiler makes of it is not.
    let backend = request.preparation.backend.reference
    return try await HostProcess.verify(
      VerifyRequest(
        plan: plan, folder: folder, wholeFile: whole, backend: backend,
        inputPlan: request.preparation.model.inputs), measurer.configuration.localCommand,
      toolVersion: toolVersion)
  }
}

extension Duration {
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
