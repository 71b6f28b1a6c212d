import IsocutBackends
import IsocutFormats
import IsocutGraph
import Testing
import _IsocutTestSupport

/// What tests need of TensorFlow Lite.
enum TFLiteEngine {
  static let backend = TFLiteBackend()

  /// Why tests with the engine cannot run here; nil where they can.
  static let reasonToSkip: String? = {
    switch backend.availability() {
    case .unavailable(let reason, let remedy): return "\(reason); \(remedy)"
    case .ready:
      return TFLiteSample.packaged.allSatisfy { TFLiteSample.path($0) != nil }
        ? nil : "the TFLite models are missing; run scripts/setup"
    }
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
    let request = PrepareRequest(modelPath: path, shapes: TFLiteSample.shapes[model] ?? [:])
    return try backend.prepare(request, in: folder).openModel()
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

extension Trait where Self == ConditionTrait {
  /// Skips the test where TensorFlow Lite or its models are missing, and says what to do.
  static var needsTFLite: Self {
    .enabled(if: TFLiteEngine.reasonToSkip == nil, "\(TFLiteEngine.reasonToSkip ?? "")")
  }
}
