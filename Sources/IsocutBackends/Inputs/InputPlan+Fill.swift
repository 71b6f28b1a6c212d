package import IsocutGraph

extension InputPlan {
  /// Writes the values of one input of one item into the buffer.
  ///
  /// Without a file, a value or a range for its name: floats uniform in [0, 1), integers of 8
  /// bits any value, longer ones 0 or 1, booleans either. The same seed, name and item give the same bytes on every machine; other items
  /// get other values, except from a file or a constant.
  ///
  /// - Throws: `IsocutError` `.usage` where a value or a range is outside the type,
  ///   `.missingInput` or `.badData` for a file that is missing or has another type or shape.
  public func fill(_ buffer: TensorBuffer, item: Int) throws {
    let name = buffer.spec.name
    if let file = files[name] {
      try InputFile(file).read(into: buffer)
      return
    }
    if let content = contents[name], content.count == buffer.spec.byteCount {
      buffer.bytes.copyBytes(from: content)
      return
    }
    var generator = SplitMix64(seed: seed, name: name, item: item)
    let law: ValueLaw =
      if let value = values[name] {
        .constant(value)
      } else if let range = ranges[name] {
        .uniform(range.low, range.high)
      } else {
        .standard
      }
    try buffer.fill(law, &generator)
  }

  /// - Throws: `IsocutError` `.usage` where a value, a range or a file is given for a name that is no
  ///   input; the message lists the inputs.
  package func checkNames(_ inputs: [TensorSpec]) throws {
    let known = Set(inputs.map(\.name))
    let given = Set(values.keys).union(ranges.keys).union(files.keys)
    guard let unknown = given.subtracting(known).min() else { return }
    throw IsocutError(
      .usage,
      "the model has no input \(unknown); its inputs are "
        + inputs.map(\.name).joined(separator: ", "))
  }
}
