internal import Foundation
internal import IsocutFormats
internal import IsocutGraph

extension NullBackend {
  /// Copies the model; nothing is folded. Sizes that the file leaves open come from the request, and
  /// inner sizes that stay unknown count as 1, because only an engine could compute them. An inner
  /// tensor that would then be too small for its value is made up with 64 elements: the whole model
  /// keeps the value, so a stage must not lose it.
  public func prepare(_ request: PrepareRequest, in folder: String) throws -> PreparedModel {
    let graph = try NullArtifact.graph(ofModel: request.modelPath)
    let sizes = try DimensionSizes(graph, request)
    let path = folder + "/prepared" + format.fileSuffix
    do {
      try? FileManager.default.removeItem(atPath: path)
      try FileManager.default.copyItem(atPath: request.modelPath, toPath: path)
    } catch {
      throw IsocutError(cannotCreate: "cannot copy \(request.modelPath) to \(path)", cause: error)
    }
    let boundary = Set(
      graph.inputs.map { graph.tensors[$0].name }
        + graph.outputTensors.map { graph.tensors[$0].name })
    let specs = graph.tensors.map { tensor in
      var spec = sizes.spec(of: tensor)
      if tensor.type.fixedShape == nil, !boundary.contains(tensor.name),
        !NullContent(spec).carriesAll
      {
        spec.shape = [64]
      }
      return spec
    }
    let isDynamic = graph.inputs.contains { graph.tensors[$0].type.fixedShape == nil }
    return PreparedModel(
      path: path, sha256: try FileHash.sha256(ofFile: path), format: format, isFolded: false,
      isDynamic: isDynamic, inputs: graph.inputs.map { specs[$0] },
      outputs: graph.outputTensors.map { specs[$0] },
      tensors: Dictionary(specs.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }),
      pinned: [:],
      notes: ["dry run: times and results are made up by the null backend"])
  }
}

/// Sizes of dimensions as a request fixes them.
private struct DimensionSizes {
  private var bySymbol: [String: Int]
  private var shapes: [String: [Int]]

  /// - Throws: `IsocutError` `.usage` where an input's size is not known, a given name is not the
  ///   model's, or a given shape contradicts the file.
  init(_ graph: Graph, _ request: PrepareRequest) throws {
    bySymbol = request.dimensions
    shapes = request.shapes
    let inputs = graph.inputs.map { graph.tensors[$0] }
    for name in request.shapes.keys.sorted() where !inputs.contains(where: { $0.name == name }) {
      throw IsocutError(
        .usage,
        "the model has no input \(name); its inputs are \(inputs.map(\.name).joined(separator: ", "))"
      )
    }
    for input in inputs {
      guard let given = shapes[input.name] else { continue }
      let dimensions = input.type.shape ?? given.map { _ in .unknown }
      guard dimensions.count == given.count else {
        throw IsocutError(
          .usage,
          "input \(input.name) has \(dimensions.count) dimensions, --shape gives \(given.count)")
      }
      for (dimension, size) in zip(dimensions, given) {
        if case .symbol(let symbol) = dimension { bySymbol[symbol] = size }
        if let fixed = dimension.fixedSize, fixed != size {
          throw IsocutError(
            .usage, "input \(input.name) has a dimension of size \(fixed), --shape gives \(size)")
        }
      }
    }
    let symbols = Set(
      inputs.flatMap { $0.type.shape ?? [] }.compactMap {
        if case .symbol(let name) = $0 { name } else { nil }
      })
    for name in request.dimensions.keys.sorted() where !symbols.contains(name) {
      throw IsocutError(
        .usage,
        "the model's inputs have no dimension \(name); they have \(symbols.sorted().joined(separator: ", "))"
      )
    }
    for input in inputs where shapes[input.name] == nil {
      guard let shape = input.type.shape else {
        throw IsocutError(
          .usage,
          "the shape of input \(input.name) is unknown; give it with --shape \(input.name)=…")
      }
      for dimension in shape where size(of: dimension) == nil {
        throw IsocutError(
          .usage,
          """
          dimension \(dimension) of input \(input.name) has no size; give it with \
          --dim \(dimension)=N or --shape \(input.name)=…
          """)
      }
    }
  }

  private func size(of dimension: IsocutGraph.Dimension) -> Int? {
    switch dimension {
    case .fixed(let size): size
    case .symbol(let name): bySymbol[name]
    case .unknown: nil
    }
  }

  func spec(of tensor: Tensor) -> TensorSpec {
    TensorSpec(
      name: tensor.name, elementType: tensor.type.element ?? .float32,
      shape: shapes[tensor.name] ?? (tensor.type.shape ?? []).map { size(of: $0) ?? 1 })
  }
}
