internal import Foundation
internal import IsocutFormats
internal import IsocutGraph

/// What all tensors of a model are, as three runs with different inputs show them.
///
/// The model runs unoptimised with every tensor as an output, so nothing is fused away.
struct TensorProbe {
  private(set) var tensors: [String: TensorSpec] = [:]
  /// Tensors that may not cross a cut, with the reason.
  private(set) var pinned: [String: String] = [:]
  /// Bytes of small tensors of whole numbers in the first run: shapes, axes, masks and the like,
  /// which a stage that is measured alone needs as they are.
  private(set) var contents: [String: [UInt8]] = [:]
  /// Tensors whose shape was seen to change, with the reason.
  private var changing: [String: String] = [:]

  private static let runCount = 3
  /// Larger ones are data and no shapes.
  private static let largestContent = 4096

  /// - Throws: `IsocutError` `.usage` where a run fails, saying which inputs may need other values.
  init(
    _ backend: ONNXRuntimeBackend, _ model: ONNXFile, folder: String, inputs: [TensorSpec],
    inputPlan: InputPlan, modelPath: String
  ) throws {
    let path = folder + "/probe.onnx"
    defer {
      try? FileManager.default.removeItem(atPath: path)
      try? FileManager.default.removeItem(atPath: path + ".data")
    }
    let known = Set(model.outputs.map(\.name))
    try model.write(
      to: path,
      ONNXFile.Rewrite(
        extraOutputs: model.tensorNames.filter { !known.contains($0) }, dropsInferredTypes: true))
    let session = try backend.load(path, SessionOptions(level: .off, usesArena: false))
    let wanted = readable(session.outputs)
    for seed in 0..<Self.runCount {
      var plan = inputPlan
      plan.seed = inputPlan.seed &+ UInt64(seed)
      let buffers = try inputs.map { spec in
        let buffer = TensorBuffer(spec)
        try plan.fill(buffer, item: 0)
        return buffer
      }
      do {
        let isFirst = seed == 0
        let found = try session.probeOutputs(wanted, inputs: buffers) { type in
          isFirst && type.element?.isFloatingPoint == false
            && type.byteCount ?? .max <= Self.largestContent
        }
        note(found.mapValues(\.type))
        contents.merge(found.compactMapValues(\.content)) { first, _ in first }
      } catch {
        throw Self.explain(error, inputs, modelPath)
      }
    }
    pinned.merge(changing) { $1 }
    let inferred = Dictionary(session.outputs.map { ($0.name, $0.type) }) { $1 }
    let dependence = DataDependence(model, inferred: inferred, seen: tensors)
    for (name, reason) in dependence.reasons where pinned[name] == nil {
      pinned[name] = reason
    }
  }

  /// The outputs that are plain tensors of numbers; pins the others.
  private mutating func readable(_ ports: [Session.Port]) -> [String] {
    ports.compactMap { port in
      if port.type.container != .tensor {
        pinned[port.name] = "it is a value of the kind \(port.type.container.rawValue), no tensor"
      } else if port.type.element == .string {
        pinned[port.name] = "it holds strings"
      } else {
        return port.name
      }
      return nil
    }
  }

  private mutating func note(_ types: [String: TensorType]) {
    for (name, type) in types {
      guard let element = type.element, let shape = type.fixedShape else {
        pinned[name] = "it has no value in a run"
        continue
      }
      if let first = tensors[name] {
        guard first.shape != shape else { continue }
        changing[name] = "its shape depends on the data: it was \(first.shape) and \(shape)"
      } else {
        tensors[name] = TensorSpec(name: name, elementType: element, shape: shape)
      }
    }
  }

  /// The model's outputs in its order.
  ///
  /// - Throws: `IsocutError` `.badData` naming an output that no buffer of a fixed size can hold.
  func outputs(of model: ONNXFile, modelPath: String) throws -> [TensorSpec] {
    try model.outputs.map { output in
      guard let spec = tensors[output.name] else {
        throw IsocutError(
          .badData,
          "the output \(output.name) of \(modelPath) cannot be passed on: "
            + (pinned[output.name] ?? "its type is not known"))
      }
      if let reason = changing[output.name] {
        throw IsocutError(
          .badData,
          "the output \(output.name) of \(modelPath) has no fixed size, which isocut needs: \(reason)"
        )
      }
      return spec
    }
  }

  private static func explain(
    _ failure: EngineFailure, _ inputs: [TensorSpec], _ modelPath: String
  ) -> IsocutError {
    // Indices, masks and rates have meanings; floats seldom make a run fail.
    let integers = inputs.filter { !$0.elementType.isFloatingPoint }
    let suspects = integers.isEmpty ? inputs : integers
    let list = suspects.map {
      "\($0.name) (\(TensorType(element: $0.elementType, fixedShape: $0.shape)))"
    }.joined(separator: ", ")
    let name = suspects.first?.name ?? "NAME"
    return IsocutError(
      .usage,
      "\(modelPath) fails in a run; inputs that may need other values or shapes: \(list); give "
        + "them with --input-range \(name)=LOW,HIGH, --input-value \(name)=VALUE or --shape",
      cause: failure)
  }
}
