internal import IsocutFormats
internal import IsocutGraph

extension TFLiteBackend {
  /// Fixes the shapes, and sees types and shapes of all tensors in a few runs. Leaves
  /// `prepared.tflite` in the folder.
  public func prepare(_ request: PrepareRequest, in folder: String) throws -> PreparedModel {
    _ = try library()
    let source = try TFLiteFile(path: request.modelPath)
    _ = try source.resolveShapes(shapes: request.shapes, dimensions: request.dimensions)
    let model = try TFLiteModel(file: source)
    let graph = model.graph
    let interpreter = try load(source, model, request.shapes)
    do {
      let sizes = try TensorSizes(interpreter, model, request.inputs)
      let contents = try TensorContents(model, sizes, request.inputs, folder: folder) {
        try load($0, model, request.shapes)
      }
      let path = folder + "/prepared.tflite"
      // A stage that reads a tensor has its size from the file.
      let written =
        request.shapes.isEmpty ? sizes.specs.filter { sizes.late.contains($0.key) } : sizes.specs
      try source.write(to: path, shapes: written.mapValues(\.shape))
      return PreparedModel(
        path: path, sha256: try TFLiteFile(path: path).sha256(), format: format, isFolded: false,
        isDynamic: false, inputs: graph.inputs.compactMap { sizes.specs[graph.tensors[$0].name] },
        outputs: graph.outputTensors.compactMap { sizes.specs[graph.tensors[$0].name] },
        tensors: sizes.specs, pinned: sizes.pinned, contents: contents.bytes, notes: [])
    } catch let error as TFLiteFailure {
      throw IsocutError(.badData, "tflite cannot run \(source.path)", cause: error)
    }
  }

  private func load(
    _ path: String, _ model: TFLiteModel, _ shapes: [String: [Int]]
  ) throws -> Interpreter {
    var resized: [Int32: [Int]] = [:]
    for index in model.graph.inputs {
      resized[model.fileTensors[index]] = shapes[model.graph.tensors[index].name]
    }
    return try load(path, Interpreter.Options(), shapes: resized)
  }

  /// Loads the model with the shapes given.
  private func load(
    _ source: TFLiteFile, _ model: TFLiteModel, _ shapes: [String: [Int]]
  ) throws -> Interpreter {
    do {
      return try load(source.path, model, shapes)
    } catch let error as IsocutError where error.cause is TFLiteFailure {
      if !shapes.isEmpty {
        throw IsocutError(
          .usage,
          "tflite refuses \(source.path) with the shapes given", cause: error.cause)
      }
      guard let open = source.inputs.first(where: { $0.type.fixedShape == nil }) else {
        throw error
      }
      throw IsocutError(
        .usage,
        """
        tflite refuses \(source.path) with the sizes that the file has for open dimensions; give \
        the whole shape of \(open.name), which is \(open.type): --shape \(open.name)=…
        """, cause: error.cause)
    }
  }
}
