public import IsocutFormats
import IsocutGraph

/// What is done with the bytes of a file: all that inspecting and cutting it would do. Errors are
/// the expected answer; a trap, a hang or memory without bound is a finding.
public struct FuzzTarget: Sendable {
  public let format: ModelFormat

  public init(_ format: ModelFormat) { self.format = format }

  /// Reads a file, builds its graph, describes two stages and writes one.
  ///
  /// - Parameter scratch: where the stage is written.
  /// - Returns: true where the file was valid enough to be cut.
  public func run(path: String, scratch: String) -> Bool {
    do {
      let model = try open(path)
      let count = model.graph.operators.count
      _ = model.graph.cutPoints
      guard count > 0 else { return true }
      for range in [0..<count, 0..<(count + 1) / 2] {
        _ = try model.contentKey(ofStage: OperatorSet(range, capacity: count))
      }
      try model.writeStage(OperatorSet(0..<(count + 1) / 2, capacity: count), to: scratch)
      _ = try open(scratch)
      return true
    } catch {
      return false
    }
  }

  private func open(_ path: String) throws -> any CuttableModel {
    switch format {
    case .onnx: return try ONNXModel(file: ONNXFile(path: path))
    case .tflite:
      let file = try TFLiteFile(path: path)
      _ = try? file.compiledPackages()
      return try TFLiteModel(file: file)
    }
  }
}
