import Glibc
import IsocutBackends
import IsocutFormats
import IsocutGraph

/// A backend whose stages do what their file says in one word: a fault, or milliseconds of one run.
struct FaultyBackend: Backend {
  var name: String { "null" }
  var format: ModelFormat { .onnx }
  var isSimulated: Bool { true }
  var executes: Bool { false }
  var compilesExpensively: Bool { false }

  func availability() -> Availability {
    .ready(version: "1", library: "built in", details: [])
  }

  func prepare(_ request: PrepareRequest, in folder: String) throws -> PreparedModel {
    switch request.modelPath {
    case "segfault": raise(SIGSEGV)
    default: break
    }
    throw IsocutError(.usage, "dimension batch of input x has no size; give it with --dim batch=N")
  }

  func firstCosts(
    _ model: PreparedModel, _ options: RunOptions, inputs: InputPlan, in folder: String
  ) throws -> FirstCosts? { nil }

  func compile(_ request: CompileRequest) throws -> [Artifact] {
    guard case .stage(let file, let options) = request else { return [] }
    if try text(of: file) == "refuse" {
      throw IsocutError(.badData, "the engine refuses the stage")
    }
    if try text(of: file) == "unsupported" {
      throw IsocutError(.infeasible, "the device has no operator Foo")
    }
    return [Artifact(backend: name, files: [file], stages: [], options: options)]
  }

  func measure(_ artifact: Artifact, _ load: Load, observe: (Double) -> Bool) throws -> SampleKind {
    let word = try text(of: artifact.files[0])
    switch word {
    case "segfault": raise(SIGSEGV)
    case "abort": abort()
    case "hang": while true { pause() }
    case "eat memory":
      var eaten: [[UInt8]] = []
      while true { eaten.append([UInt8](repeating: 1, count: 8 << 20)) }
    case "print":
      print("a library prints this")
      fflush(nil)
      while observe(2) {}
    case "rubbish":
      for descriptor in Int32(3)..<16 { _ = write(descriptor, "rubbish, not a frame", 20) }
      while observe(2) {}
    case "exit": exit(0)
    case "lose the link": raise(SIGKILL)
    case let paced where paced.hasPrefix("paced "):
      // Made-up figures that take their time, so that a kill lands inside a measurement.
      let milliseconds = Double(paced.dropFirst("paced ".count)) ?? 1
      repeat { usleep(UInt32(milliseconds * 1000)) } while observe(milliseconds)
    default:
      guard let milliseconds = Double(word) else {
        throw IsocutError(.badData, "\(word) is no stage of the faulty backend")
      }
      while observe(milliseconds / Double(load.lanes.count)) {}
    }
    return .latencyMilliseconds
  }

  func open(
    _ artifact: Artifact, _ placement: Placement, inputs: [TensorSpec], outputs: [TensorSpec]
  ) throws -> any Executor {
    throw IsocutError(.unavailable, "the faulty backend only measures")
  }

  private func text(of file: String) throws -> String {
    let descriptor = Glibc.open(file, O_RDONLY)
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = read(descriptor, &bytes, bytes.count)
    guard count >= 0 else { throw IsocutError(.missingInput, "cannot read \(file)") }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}
