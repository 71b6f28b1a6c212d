internal import IsocutGraph

extension ONNXFile {
  /// The whole fixed shape of each required input.
  ///
  /// Equal dimension names mean equal sizes, whether given by name or through a shape.
  ///
  /// - Parameters:
  ///   - shapes: whole shapes by input name (`--shape`).
  ///   - dimensions: sizes by dimension name (`--dim`).
  /// - Throws: `IsocutError` `.usage` that names the dimension that is missing and how to give it, an
  ///   input or dimension that does not exist (with those that do), or sizes that contradict each
  ///   other or the model.
  public func resolveShapes(
    shapes: [String: [Int]], dimensions: [String: Int]
  ) throws -> [String: [Int]] {
    var sizes = try sizesByName(dimensions)
    try checkInputNames(shapes)
    for input in inputs {
      guard let given = shapes[input.name] else { continue }
      try Self.bind(given, to: input, &sizes)
    }
    var resolved: [String: [Int]] = [:]
    for input in inputs {
      resolved[input.name] = try shapes[input.name] ?? Self.shape(of: input, sizes)
    }
    for (name, shape) in resolved {
      guard let type = inputs.first(where: { $0.name == name })?.type else { continue }
      let count = TensorType(element: type.element ?? .uint8, fixedShape: shape).elementCount
      guard let count, count <= TensorRecord.largestByteCount else {
        throw IsocutError(
          .usage, "input \(name) with the shape \(Self.text(shape)) is larger than any machine")
      }
    }
    return resolved
  }

  private func sizesByName(_ dimensions: [String: Int]) throws -> [String: Int] {
    var known: [String] = []
    for input in inputs {
      for case .symbol(let name) in input.type.shape ?? [] where !known.contains(name) {
        known.append(name)
      }
    }
    for (name, size) in dimensions.sorted(by: { $0.key < $1.key }) {
      guard known.contains(name) else {
        throw IsocutError(
          .usage,
          "no input has a dimension \(name); "
            + (known.isEmpty
              ? "the model has no named dimensions"
              : "named dimensions are \(known.joined(separator: ", "))"))
      }
      guard size >= 0 else {
        throw IsocutError(.usage, "dimension \(name) cannot have the size \(size)")
      }
    }
    return dimensions
  }

  private func checkInputNames(_ shapes: [String: [Int]]) throws {
    let names = inputs.map(\.name)
    for name in shapes.keys.sorted() where !names.contains(name) {
      let list =
        names.isEmpty ? "the model has none" : "inputs are \(names.joined(separator: ", "))"
      if model.graph.initializerNames.contains(name) {
        throw IsocutError(.usage, "\(name) has a value in the model and takes no shape; \(list)")
      }
      throw IsocutError(.usage, "no input is called \(name); \(list)")
    }
  }

  /// Checks a given shape against an input and notes the sizes of its named dimensions.
  private static func bind(
    _ given: [Int], to input: ModelValue, _ sizes: inout [String: Int]
  ) throws {
    if let wrong = given.first(where: { $0 < 0 }) {
      throw IsocutError(.usage, "input \(input.name) cannot have a dimension of size \(wrong)")
    }
    guard let shape = input.type.shape else { return }
    guard shape.count == given.count else {
      throw IsocutError(
        .usage,
        "input \(input.name) has \(shape.count) dimensions \(text(shape)), the shape given has \(given.count)"
      )
    }
    for (dimension, size) in zip(shape, given) {
      switch dimension {
      case .fixed(let fixed) where fixed != size:
        throw IsocutError(
          .usage,
          "input \(input.name) is \(text(shape)) in the model; the shape \(text(given)) changes the fixed size \(fixed) to \(size)"
        )
      case .symbol(let name):
        if let known = sizes[name], known != size {
          throw IsocutError(
            .usage,
            "dimension \(name) is given as \(known) and, by the shape of input \(input.name), as \(size)"
          )
        }
        sizes[name] = size
      default: break
      }
    }
  }

  private static func shape(of input: ModelValue, _ sizes: [String: Int]) throws -> [Int] {
    guard input.type.container == .tensor else {
      throw IsocutError(
        .usage,
        "input \(input.name) is a \(input.type.container.rawValue), not a tensor; isocut cannot feed it"
      )
    }
    guard let shape = input.type.shape else {
      throw IsocutError(
        .usage,
        "the shape of input \(input.name) is not known; give it: --shape \(input.name)=1,3,224,224")
    }
    return try shape.map { dimension in
      switch dimension {
      case .fixed(let size): return size
      case .symbol(let name):
        if let size = sizes[name] { return size }
        throw IsocutError(
          .usage,
          "dimension \(name) of input \(input.name) \(text(shape)) has no size; give it: --dim \(name)=1, or the whole shape: --shape \(input.name)=\(example(shape, sizes))"
        )
      case .unknown:
        throw IsocutError(
          .usage,
          "input \(input.name) \(text(shape)) has a dimension without name or size; give the whole shape: --shape \(input.name)=\(example(shape, sizes))"
        )
      }
    }
  }

  /// What to type for a shape: sizes that are known, `?` for those that are not.
  private static func example(_ shape: [Dimension], _ sizes: [String: Int]) -> String {
    shape.map { dimension in
      switch dimension {
      case .fixed(let size): String(size)
      case .symbol(let name): sizes[name].map(String.init) ?? "?"
      case .unknown: "?"
      }
    }.joined(separator: ",")
  }

  private static func text(_ shape: [Dimension]) -> String {
    "[" + shape.map(\.description).joined(separator: ",") + "]"
  }

  private static func text(_ shape: [Int]) -> String {
    "[" + shape.map(String.init).joined(separator: ",") + "]"
  }
}
