import Foundation
package import IsocutBackends
import IsocutGraph
import IsocutWorker

extension Measurer {
  /// Prepares a model in a worker, so that an engine that crashes on it is an error and no crash of
  /// the command; or finds it prepared by an earlier one.
  ///
  /// - Parameters:
  ///   - modelSHA256: of the model's file and of all files it refers to; nil prepares anew.
  ///   - folder: where it is prepared when it is not kept.
  /// - Throws: `IsocutError` as the backend throws it; `.badData` where the engine did not survive.
  package func prepare(
    _ request: PrepareRequest, modelSHA256: String? = nil, in folder: String
  ) async throws -> PreparedModel {
    await turn.take()
    defer { turn.give() }
    guard let preparedModels, let modelSHA256, preparedModels.canBeWritten else {
      return try await prepareAnew(request, in: folder)
    }
    let key = try PreparedModelCache.Key(
      modelSHA256: modelSHA256, request, backend: preparingBackend.name,
      backendVersion: preparingBackend.make().readyVersion(),
      toolVersion: configuration.toolVersion)
    let model = try await preparedModels.model(for: key) {
      try await self.prepareAnew(request, in: $0)
    }
    _ = preparedModels.prune(toBytes: PreparedModelCache.maximumBytes)
    return model
  }

  /// A device of a vendor's has no part in it.
  private var preparingBackend: BackendSelection { configuration.backend.reference }

  private func prepareAnew(
    _ request: PrepareRequest, in folder: String
  ) async throws -> PreparedModel {
    try await survive(
      "preparing \(request.modelPath)", preparing, .prepare,
      PrepareInWorker(backend: preparingBackend, request: request, folder: folder),
      as: PreparedModel.self)
  }

  /// Times of single operators where stages are measured: the stored ones, or new ones, which are
  /// stored before this returns.
  ///
  /// - Parameter cpus: cores to run on where the machine's are of several kinds.
  /// - Throws: `IsocutError` as the backend throws it; `.badData` where the engine did not survive.
  package func firstCosts(
    _ model: PreparedModel, _ options: RunOptions, inputs: InputPlan, on cpus: [Int]
  ) async throws -> FirstCosts? {
    await turn.take()
    defer { turn.give() }
    let inputs = try inputs.contained(for: model.inputs)
    let site = try await foundSite()
    let coreKinds = site.machine.coreKinds.name(of: cpus)
    let key = FiguresKey(
      kind: .firstCosts, subject: model.sha256,
      context: try .init(
        configuration.backend, site, device: "cpu",
        chosen: ChosenForProfile(options, inputs, model.inputs, coreKinds: coreKinds)))
    // An array, because a backend that knows no times has an answer too.
    if let known = try store?.figures(for: key, as: [FirstCosts?].self) {
      counts.reused += 1
      return known.first ?? nil
    }
    let files = configuration.command.isRemote ? try Self.files(of: model) : []
    var request = FirstCostsRequest(
      backend: measuringBackend, model: model, options: options, inputs: inputs,
      cpus: coreKinds == nil ? [] : cpus, files: files.map(StageRequest.fileName))
    // What a profile does not need does not travel.
    request.model.contents = [:]
    counts.measurements += 1
    let costs = try await survive(
      "profiling \(model.path)", measuring, .firstCosts, request,
      files.map { .file(path: $0) }, as: [FirstCosts?].self)
    try store?.save(costs, for: key)
    return costs.first ?? nil
  }

  /// The prepared file, and those with its weights beside it.
  private static func files(of model: PreparedModel) throws -> [String] {
    let url = URL(fileURLWithPath: model.path)
    let folder = url.deletingLastPathComponent().path
    let beside = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasPrefix(url.lastPathComponent + ".") }
    return [model.path] + beside.sorted().map { folder + "/" + $0 }
  }
}
