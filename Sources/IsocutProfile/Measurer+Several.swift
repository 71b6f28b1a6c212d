import Crypto
import Foundation
package import IsocutBackends
import IsocutFormats
import IsocutGraph
import IsocutWorker

extension Measurer {
  /// Measures several stages in one process, in turns or together: the stored figures, or new ones,
  /// which are stored before this returns.
  ///
  /// The same stages asked for again are measured again, and another run of the command finds the
  /// first figures at its first call and the second at its second.
  ///
  /// - Throws: `IsocutError`; a stage that fails here was measured alone before, so it is an error.
  package func measureSeveral(
    _ stages: [(files: [String], options: RunOptions, load: Load)], _ order: SeveralStages.Order,
    _ rule: SeveralStages.Rule = SeveralStages.Rule()
  ) async throws -> SeveralStages.Windows {
    await turn.take()
    defer { turn.give() }
    let stages = try stages.map { ($0.files, $0.options, try $0.load.contained()) }
    let site = try await foundSite()
    let key = try store == nil ? nil : key(ofSeveral: stages, order, rule, at: site)
    if let key, let known = try store?.figures(for: key, as: SeveralStages.Windows.self),
      known.isOf(stageCount: stages.count)
    {
      counts.reused += stages.count
      return known
    }
    let isCompiled = try compilesFirst
    var ready = stages
    if isCompiled {
      for (index, compiled) in try await compile(stages.map(\.0)).enumerated() {
        ready[index].0 = [try compiled.get().path]
      }
    }
    let request = MeasureSeveralRequest(
      backend: measuringBackend,
      stages: ready.map { StageRequest($0, $1, $2, isCompiled: isCompiled) }, order: order,
      rule: rule)
    for stage in stages {
      if paid.insert(PaidStage(stage.0, stage.1, stage.2, on: site.machine)).inserted {
        counts.measurements += 1
        if !isCompiled { counts.compilations += 1 }
      } else {
        counts.repeats += 1
      }
    }
    let windows = try await survive(
      "measuring \(stages.count) stages together", measuring, .measureSeveral, request,
      ready.flatMap { StageRequest.blobs($0, $2) }, share: stages.count + 1,
      as: SeveralStages.Windows.self)
    if let key { try store?.save(windows, for: key) }
    return windows
  }

  private func key(
    ofSeveral stages: [(files: [String], options: RunOptions, load: Load)],
    _ order: SeveralStages.Order, _ rule: SeveralStages.Rule, at site: MeasuringSite
  ) throws -> FiguresKey {
    var places: [Int: Int] = [:]
    let chosen = ChosenForSeveral(
      stages: stages.map {
        ChosenForStage($0.options, $0.load, sharing: &places, on: site.machine)
      }, order: order, rule: rule)
    let hashes = try stages.map { try fileHashes.sha256(ofFiles: $0.files).joined(separator: "+") }
    let context = try MeasurementKey.Context(
      configuration.backend, site, device: "several", chosen: chosen)
    var key = FiguresKey(
      kind: .severalStages,
      subject: SHA256.hash(data: Data(hashes.joined(separator: " ").utf8)).hexadecimal,
      context: context)
    let count = repeats[key, default: 0]
    repeats[key] = count + 1
    if count > 0 { key.subject += ".\(count)" }
    return key
  }
}

/// A stage as it is paid for: which cores of a kind it runs on does not matter.
struct PaidStage: Hashable {
  private var files: [String]
  private var options: RunOptions
  private var lanes: [Lane]

  private struct Lane: Hashable {
    var threads: Int
    var coreKinds: String?
  }

  init(
    _ files: [String], _ options: RunOptions, _ load: Load, on machine: MachineDescription
  ) {
    self.files = files
    self.options = options
    lanes = load.lanes.map {
      Lane(threads: $0.threads, coreKinds: machine.coreKinds.name(of: $0.cpus))
    }
  }
}
