import Foundation
import IsocutBackends
import IsocutFormats
import IsocutGraph
import IsocutWorker

/// Compiles a small model and runs it on each device, to show that compiler, library and devices do
/// what isocut takes for granted.
package enum EdgeTPUSelfTest {
  /// Steps up to the first that fails.
  ///
  /// - Parameter library: TensorFlow Lite's shared library; nil searches the usual places.
  package static func run(library: String?) -> [SelfTestStep] {
    var steps = SelfTestSteps()
    let backend = EdgeTPUBackend(library: library)
    guard
      steps.run(
        "compiler, libraries, devices",
        {
          guard case .unavailable(let reason, let remedy) = backend.availability() else { return }
          throw IsocutError(.unavailable, "\(reason); \(remedy)")
        }, seen: { "all here" }) != nil,
      steps.run("compiler", { try backend.compilerVersion() }, seen: { $0 ?? "" }) != nil,
      let devices = steps.run(
        "devices", { try backend.devices() },
        seen: { $0.map { "\($0.id) (\($0.kind))" }.joined(separator: ", ") }),
      let folder = steps.run("work folder", { try WorkFolder() }, seen: \.path)
    else { return steps.all }
    defer { folder.remove() }
    guard
      let model = steps.run(
        "model on the CPU", { try SelfTestOnCPU(library: library, in: folder) },
        seen: { "\($0.expected.count) outputs" }),
      let artifact = steps.run(
        "compilation",
        { try backend.compile(.stage(file: model.path, options: SelfTestOnCPU.options)).first },
        seen: { $0?.report.joined(separator: "; ") ?? "" })
    else { return steps.all }
    for device in devices {
      guard
        steps.run(
          "run on \(device.id)",
          { try model.compare(with: artifact, on: device, backend) },
          seen: { "the bytes of the CPU; \(String(format: "%.2f", $0)) ms" }) != nil
      else { break }
    }
    return steps.all
  }
}

/// The model's outputs on the CPU, which devices must give too.
private struct SelfTestOnCPU {
  static let options = RunOptions(optimizationLevel: .basic)

  let path: String
  let expected: [[UInt8]]
  private let inputs: [TensorSpec]
  private let outputs: [TensorSpec]

  init(library: String?, in folder: WorkFolder) throws {
    path = try folder.write(EdgeTPUSelfTestModel.bytes, as: EdgeTPUSelfTestModel.name)
    let backend = TFLiteBackend(library: library)
    let prepared = try backend.prepare(PrepareRequest(modelPath: path), in: folder.path)
    (inputs, outputs) = (prepared.inputs, prepared.outputs)
    let artifact = Artifact(
      backend: backend.name, files: [path], stages: [], options: Self.options)
    (expected, _) = try Self.run(
      artifact, Placement(cpus: []), backend, inputs: inputs, outputs: outputs)
  }

  /// - Returns: milliseconds of one run.
  /// - Throws: `IsocutError` `.checkFailed` where the device gives other bytes.
  func compare(
    with artifact: Artifact?, on device: Device, _ backend: any Backend
  ) throws -> Double {
    guard let artifact, let placement = device.placements.first else {
      throw IsocutError(.vendorTool, "the compiler made nothing of \(path)")
    }
    let (found, milliseconds) = try Self.run(
      artifact, placement, backend, inputs: inputs, outputs: outputs)
    guard found == expected else {
      throw IsocutError(
        .checkFailed, "\(device.id) does not give the bytes that TensorFlow Lite gives on the CPU")
    }
    return milliseconds
  }

  private static func run(
    _ artifact: Artifact, _ placement: Placement, _ backend: any Backend, inputs: [TensorSpec],
    outputs: [TensorSpec]
  ) throws -> (outputs: [[UInt8]], milliseconds: Double) {
    do {
      return try measure(
        try backend.open(artifact, placement, inputs: inputs, outputs: outputs), inputs, outputs)
    } catch let error as IsocutError where error.code == .badData {
      // The model is known to be good.
      throw IsocutError(.vendorTool, error.message, cause: error.cause)
    }
  }

  private static func measure(
    _ executor: any Executor, _ inputs: [TensorSpec], _ outputs: [TensorSpec]
  ) throws -> (outputs: [[UInt8]], milliseconds: Double) {
    let (given, made) = (inputs.map(TensorBuffer.init), outputs.map(TensorBuffer.init))
    for buffer in given {
      for index in 0..<buffer.spec.byteCount { buffer.bytes[index] = UInt8(index * 37 & 0xff) }
    }
    let binding = try executor.bind(inputs: given, outputs: made)
    // The first run also moves parameters to the device.
    try binding.run()
    let start = ContinuousClock.now
    try binding.run()
    let milliseconds = (ContinuousClock.now - start) / .milliseconds(1)
    return (made.map { Array($0.bytes.prefix($0.spec.byteCount)) }, milliseconds)
  }
}
