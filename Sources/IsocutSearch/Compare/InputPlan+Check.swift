package import IsocutBackends
import IsocutFormats
package import IsocutGraph

extension InputPlan {
  /// Makes every input that is not left to the generator once, to see that it can be made.
  ///
  /// - Throws: `IsocutError` `.usage` for a name that is no input or a value outside its type,
  ///   `.missingInput` or `.badData` for a file that is missing or has another type or shape.
  package func check(for inputs: [TensorSpec]) throws {
    try checkNames(inputs)
    for input in inputs where gives(input.name) {
      try fill(TensorBuffer(input), item: 0)
    }
  }

  /// The same for the inputs of a model that is not prepared yet. Where a size is still open, only
  /// names are checked: the error about the size is for whoever needs it.
  package func check(
    for model: any SourceModel, shapes: [String: [Int]], dimensions: [String: Int]
  ) throws {
    let sizes = try? model.resolveShapes(shapes: shapes, dimensions: dimensions)
    let specs = model.inputs.map { input in
      TensorSpec(
        name: input.name, elementType: input.type.element ?? .uint8,
        shape: sizes?[input.name] ?? [])
    }
    if sizes == nil { try checkNames(specs) } else { try check(for: specs) }
  }

  /// Whether a file, a value or a range says what the input holds.
  package func gives(_ name: String) -> Bool {
    files[name] != nil || values[name] != nil || ranges[name] != nil
  }
}
