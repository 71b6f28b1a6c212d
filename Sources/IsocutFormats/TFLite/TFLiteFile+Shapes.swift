internal import IsocutGraph

extension TFLiteFile {
  /// The inputs a caller must give, in the file's order. A dimension that the file leaves open, and
  /// fills with a size to begin with, is unknown.
  public var inputs: [ModelValue] {
    let names = TensorNames(main.tensors)
    return main.inputs.map { index in
      let tensor = main.tensors[Int(index)]
      var type = tensor.type
      if tensor.openShape.count == tensor.shape.count {
        type.shape = tensor.openShape.map { $0 < 0 ? .unknown : .fixed(Int($0)) }
      }
      return ModelValue(name: names[index], type: type)
    }
  }

  /// The whole shape of each input: the one given, else the file's, whose sizes stand in for the
  /// dimensions it leaves open. An engine may take shapes that the file does not announce.
  ///
  /// - Throws: `IsocutError` `.usage` for a dimension by name, which the format has not, for an input
  ///   that does not exist, and for a shape that no tensor can have.
  public func resolveShapes(
    shapes: [String: [Int]], dimensions: [String: Int]
  ) throws -> [String: [Int]] {
    if let name = dimensions.keys.min() {
      throw IsocutError(
        .usage,
        "TFLite models have no named dimensions such as \(name); give whole shapes: --shape")
    }
    let names = TensorNames(main.tensors)
    var resolved: [String: [Int]] = [:]
    for index in main.inputs {
      resolved[names[index]] = main.tensors[Int(index)].shape.map { Int($0) }
    }
    for (name, shape) in shapes.sorted(by: { $0.key < $1.key }) {
      guard resolved.updateValue(shape, forKey: name) != nil else {
        let known = main.inputs.map { names[$0] }.joined(separator: ", ")
        throw IsocutError(.usage, "no input is called \(name); inputs are \(known)")
      }
      let count = TensorType(element: .uint8, fixedShape: shape).elementCount
      guard let count, count < 1 << 40, shape.allSatisfy({ Int32(exactly: $0) != nil }) else {
        throw IsocutError(.usage, "input \(name) cannot have the shape \(shape)")
      }
    }
    return resolved
  }
}
