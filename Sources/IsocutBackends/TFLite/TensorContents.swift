import Foundation
import IsocutFormats
import IsocutGraph

/// The bytes of small tensors of whole numbers in one run: shapes, axes, indices and the like, which
/// a stage that is measured alone needs as they are.
struct TensorContents {
  private(set) var bytes: [String: [UInt8]] = [:]

  /// Larger ones are data and no shapes.
  private static let largest = 4096
  /// Narrower ones are quantized data.
  private static let elements: Set<ElementType> = [.int32, .int64, .uint32, .uint64, .bool]

  /// Runs a copy of the model that returns these tensors: an engine reuses the memory of others.
  ///
  /// - Parameters:
  ///   - sizes: of the model's tensors, as runs showed them.
  ///   - folder: the copy is there while it runs.
  ///   - load: loads a copy of the model with the shapes chosen.
  init(
    _ model: TFLiteModel, _ sizes: TensorSizes, _ inputs: InputPlan, folder: String,
    load: (String) throws -> Interpreter
  ) throws {
    let wanted = zip(model.graph.tensors, model.fileTensors).filter { tensor, _ in
      guard tensor.producer != nil, sizes.pinned[tensor.name] == nil,
        let spec = sizes.specs[tensor.name]
      else { return false }
      return Self.elements.contains(spec.elementType) && spec.byteCount <= Self.largest
    }
    guard !wanted.isEmpty else { return }
    let outputs = Set(model.graph.outputTensors.map { model.fileTensors[$0] })
    let path = folder + "/probe.tflite"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try model.file.write(to: path, returning: wanted.map(\.1).filter { !outputs.contains($0) })
    let interpreter = try load(path)
    try GivenInputs(interpreter, model).fill(interpreter, inputs, item: 0)
    try interpreter.invoke()
    for (tensor, position) in wanted {
      let found = interpreter.bytes(of: position)
      guard found.count == sizes.specs[tensor.name]?.byteCount else { continue }
      bytes[tensor.name] = Array(found)
    }
  }
}
