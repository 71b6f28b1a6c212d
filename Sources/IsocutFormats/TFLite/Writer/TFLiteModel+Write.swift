internal import Crypto
public import IsocutGraph

extension TFLiteModel {
  @discardableResult
  public func writeStage(_ stage: OperatorSet, to path: String) throws -> [String] {
    let encoded = try file.encode(content(ofStage: stage))
    try encoded.splice(of: file.mapped.identity, tail: nil).write(to: path)
    return [path]
  }

  public func contentKey(ofStage stage: OperatorSet) throws -> String {
    let encoded = try file.encode(content(ofStage: stage))
    // The head holds all but the buffers' bytes; where these will lie is not filled in yet.
    var hash = SHA256()
    hash.update(data: Array("isocut tflite stage 1".utf8))
    hash.update(data: encoded.head.bytes)
    for entry in encoded.data {
      for slot in entry.slots {
        withUnsafeBytes(of: Int64(slot).littleEndian) { hash.update(bufferPointer: $0) }
      }
      hash.update(data: try digests.digest(of: entry.range, in: file.mapped.identity))
    }
    return hash.finalize().hex
  }
}

extension TFLiteFile {
  /// Writes a copy of the whole model, what is appended behind it included. Inputs and outputs
  /// whose names are empty or repeated get the names they have in the graph.
  ///
  /// - Parameter shapes: shapes to write instead of the file's, by name, as an engine found them
  ///   after its inputs were resized; free dimensions of these tensors become fixed.
  /// - Throws: `IsocutError` `.badData` where the source is damaged, has changed, or holds what is
  ///   newer than this version of isocut; `.cannotCreate` or `.inputOutput` where the file cannot be
  ///   written; nothing is left then.
  public func write(to path: String, shapes: [String: [Int]] = [:]) throws {
    try write(to: path, shapes: shapes, largestFlatBuffer: ModelEncoder.largestFlatBuffer)
  }

  /// Writes a copy of the whole model that also returns tensors of its inside, which an engine keeps
  /// then until the run ends. The positions of tensors stay.
  ///
  /// - Parameter inner: positions of tensors that operators write, no outputs of the model.
  /// - Throws: as `write(to:shapes:)`.
  package func write(to path: String, returning inner: [Int32]) throws {
    try write(
      to: path, shapes: [:], returning: inner, largestFlatBuffer: ModelEncoder.largestFlatBuffer)
  }

  func write(
    to path: String, shapes: [String: [Int]], returning inner: [Int32] = [], largestFlatBuffer: Int
  ) throws {
    var content = KeptContent(
      operators: Array(main.operators.indices), inputs: main.inputs,
      outputs: main.outputs + inner, isWhole: true)
    let names = TensorNames(main.tensors)
    for index in main.inputs + main.outputs where names[index] != main.tensors[Int(index)].name {
      content.names[index] = names[index]
    }
    for (index, tensor) in main.tensors.enumerated() where !shapes.isEmpty {
      guard let shape = shapes[names.names[index]], shape.map(Int32.init(clamping:)) != tensor.shape
      else { continue }
      content.shapes[Int32(index)] = shape
    }
    let encoded = try encode(content, largestFlatBuffer: largestFlatBuffer)
    try encoded.splice(of: mapped.identity, tail: ZipTail.range(in: mapped.bytes)).write(to: path)
  }

  func encode(
    _ content: KeptContent, largestFlatBuffer: Int = ModelEncoder.largestFlatBuffer
  ) throws -> EncodedModel {
    do {
      var encoder = try ModelEncoder(self, content, largestFlatBuffer: largestFlatBuffer)
      return try encoder.encode()
    } catch let error as FlatBufferError {
      throw IsocutError(.badData, "\(path) cannot be written in parts: \(error)")
    }
  }
}
