internal import IsocutFormats
internal import IsocutGraph

extension TFLiteBackend {
  public func prepare(_ request: PrepareRequest, in folder: String) throws -> PreparedModel {
    let source = try TFLiteFile(path: request.modelPath)
    let model = try TFLiteModel(file: source)
    let graph = model.graph
    if let name = request.dimensions.keys.min() {
      throw IsocutError(
        .usage,
        "TFLite models have no named dimensions such as \(name); give whole shapes: --shape")
    }
    let interpreter = try load(source.path, Interpreter.Options())
    do {
      try resize(interpreter, model, request.shapes)
      let sizes = try TensorSizes(interpreter, model, request.inputs)
      let path = folder + "/prepared.tflite"
      try source.write(to: path, shapes: request.shapes.isEmpty ? [:] : sizes.shapes)
      return PreparedModel(
        path: path, sha256: try TFLiteFile(path: path).sha256(), format: format, isFolded: false,
        isDynamic: false, inputs: graph.inputs.compactMap { sizes.specs[graph.tensors[$0].name] },
        outputs: graph.outputTensors.compactMap { sizes.specs[graph.tensors[$0].name] },
        tensors: sizes.specs, pinned: sizes.pinned, notes: [])
    } catch let error as TFLiteFailure {
      throw IsocutError(.badData, "tflite cannot run \(source.path)", cause: error)
    }
  }

  private func resize(
    _ interpreter: Interpreter, _ model: TFLiteModel, _ shapes: [String: [Int]]
  ) throws {
    guard !shapes.isEmpty else { return }
    let inputs = model.graph.inputs
    let names = inputs.map { model.graph.tensors[$0].name }
    for (name, shape) in shapes.sorted(by: { $0.key < $1.key }) {
      guard let tensor = names.firstIndex(of: name).map({ model.fileTensors[inputs[$0]] }) else {
        throw IsocutError(
          .usage, "no input is called \(name); inputs are \(names.joined(separator: ", "))")
      }
      let type = TensorType(element: .uint8, fixedShape: shape)
      guard let count = type.elementCount, count < 1 << 40,
        shape.allSatisfy({ Int32(exactly: $0) != nil })
      else { throw IsocutError(.usage, "input \(name) cannot have the shape \(shape)") }
      do {
        try interpreter.resize(input: tensor, to: shape)
      } catch {
        throw IsocutError(.usage, "input \(name) cannot have the shape \(shape)", cause: error)
      }
    }
    do {
      try interpreter.allocate()
    } catch {
      throw IsocutError(
        .usage, "the model does not work with the shapes given: \(shapes)", cause: error)
    }
  }
}
