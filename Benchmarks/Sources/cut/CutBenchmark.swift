import Foundation
import IsocutFormats
import IsocutGraph

/// Opens an ONNX or TFLite file, cuts it in two and writes both stages: `cut MODEL FOLDER`.
///
/// Prints one JSON object: milliseconds of each step and MiB of resident memory, the high-water mark
/// before the first step (the bare process) and after the last. `scripts/benchmark-cut` runs it
/// beside a Python program that writes the same stages.
@main
struct CutBenchmark {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 3 else {
      FileHandle.standardError.write(Data("usage: cut MODEL FOLDER\n".utf8))
      exit(64)
    }
    let (path, folder) = (arguments[1], arguments[2])
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let bare = peakMebibytes()
    var steps: [(String, Double)] = []
    func timed<Value>(_ name: String, _ body: () throws -> Value) rethrows -> Value {
      let start = ContinuousClock.now
      let value = try body()
      let elapsed = (ContinuousClock.now - start).components
      steps.append((name, Double(elapsed.seconds) * 1e3 + Double(elapsed.attoseconds) * 1e-15))
      return value
    }

    let model: any CuttableModel
    let hash: () throws -> String
    switch ModelFormat(suffixOf: path) {
    case .tflite:
      let file = try timed("open_ms") { try TFLiteFile(path: path) }
      model = try timed("graph_ms") { try TFLiteModel(file: file) }
      hash = file.sha256
    default:
      let file = try timed("open_ms") { try ONNXFile(path: path) }
      // What crosses is float here; sizes do not change what is written of the weights.
      let types = Dictionary(
        file.tensorNames.map { ($0, TensorType(element: .float32, shape: nil)) },
        uniquingKeysWith: { first, _ in first })
      model = try timed("graph_ms") { try ONNXModel(file: file, types: types, pinned: [:]) }
      hash = file.sha256
    }
    let graph = model.graph
    let points = graph.cutPoints
    let narrow = points.dropFirst(points.count / 3).prefix(points.count / 3)
    guard let place = narrow.min(by: { $0.tensors.count < $1.tensors.count }) else {
      FileHandle.standardError.write(Data("\(path) has too few operators to cut\n".utf8))
      exit(78)
    }
    let units = graph.contraction.units
    let stages = [units[..<place.unitsBefore], units[place.unitsBefore...]].map {
      OperatorSet($0.joined(), capacity: graph.operators.count)
    }
    try timed("write_ms") {
      for (index, stage) in stages.enumerated() {
        try model.writeStage(stage, to: "\(folder)/stage_\(index)\(model.format.fileSuffix)")
      }
    }
    let peak = peakMebibytes()
    _ = try timed("content_keys_ms") { try stages.map(model.contentKey(ofStage:)) }
    _ = try timed("file_hash_ms", hash)
    let boundaries = stages.map { stage in
      let boundary = graph.boundary(of: stage)
      return [boundary.inputs, boundary.outputs].map { $0.map { graph.tensors[$0].name } }
    }
    var result: [String: Any] = Dictionary(
      uniqueKeysWithValues: steps.map { ($0.0, $0.1 as Any) })
    result["bare_memory_mib"] = bare
    result["peak_memory_mib"] = peak
    let bytes = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    result["file_mib"] = Double(bytes) / 1_048_576
    result["stages"] = boundaries
    result["operators"] = stages.map { $0.map { graph.operators[$0].filePosition } }
    print(
      String(
        decoding: try JSONSerialization.data(withJSONObject: result, options: .sortedKeys),
        as: UTF8.self))
  }

  /// VmHWM of /proc/self/status.
  private static func peakMebibytes() -> Double {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return Double(line?.filter(\.isNumber) ?? "").map { $0 / 1024 } ?? 0
  }
}
