import Foundation
import IsocutBackends
import IsocutFormats
import IsocutGraph
import _IsocutTestSupport

/// What tests need of the engine.
enum TFLiteEngine {
  static let backend = TFLiteBackend(library: library)

  static let isHere: Bool = {
    if case .ready = backend.availability() { true } else { false }
  }()

  /// The library that `scripts/setup` put into the project, unless the environment names another.
  private static let library: String? = {
    if ProcessInfo.processInfo.environment["ISOCUT_TFLITE"] != nil { return nil }
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    let path = root + "/.setup/lib/libtensorflowlite_c.so"
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }()

  /// The models that the engine runs without operators it lacks.
  static let plain = TFLiteSample.manifest.filter {
    $0["kind"] == "plain" && $0["custom_ops_needed"].isEmpty
  }.map(\.model)

  /// Prepares a model and opens what is cut.
  static func prepare(_ model: String, in folder: String) throws -> any CuttableModel {
    guard let path = TFLiteSample.path(model) else {
      throw IsocutError(.missingInput, "no model \(model)")
    }
    return try backend.prepare(PrepareRequest(modelPath: path), in: folder).openTFLiteModel()
  }

  /// Fills inputs as `expected-lcg.csv` says.
  static func fill(_ buffers: [TensorBuffer]) {
    var state: UInt32 = 1
    for buffer in buffers {
      for index in 0..<buffer.spec.byteCount {
        state = state &* 1_664_525 &+ 1_013_904_223
        buffer.bytes[index] = UInt8(state >> 24)
      }
    }
  }

  /// FNV-1a-64 in hex.
  static func digest(_ buffer: TensorBuffer) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in buffer.bytes.prefix(buffer.spec.byteCount) {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// What `expected-lcg.csv` says of a model's outputs.
  static func expected(_ model: String) -> [String] {
    TFLiteSample.rows("expected-lcg.csv").filter { $0.model == model }
      .map { $0["fnv1a64_hex"] }
  }
}
