internal import Foundation
internal import IsocutFormats
internal import IsocutGraph

/// The steps from a model file to the file that is cut.
struct Preparation {
  let backend: ONNXRuntimeBackend
  let source: ONNXFile
  let folder: String
  private(set) var isDynamic = false
  private(set) var isFolded = false
  private(set) var notes: [String] = []

  /// The file that is cut.
  var path: String { folder + "/prepared.onnx" }

  /// How much constants may grow by folding.
  private static let largestGrowth = 1.25

  init(backend: ONNXRuntimeBackend, source: ONNXFile, folder: String) {
    self.backend = backend
    self.source = source
    self.folder = folder
  }

  /// Writes the model with fixed input shapes; where that makes a valid model invalid, as it is.
  ///
  /// - Throws: `IsocutError` where the engine refuses the model either way.
  mutating func fix(_ shapes: [String: [Int]]) throws {
    // Some fixed shapes break only when the engine begins to fold.
    let plain = SessionOptions(level: .basic)
    // The model may have been saved by the engine before.
    let made = EngineMadeNames.constants(of: source)
    try source.write(
      to: path,
      ONNXFile.Rewrite(
        inputShapes: shapes, dropsInferredTypes: true, renamedInitializers: made))
    let failure: IsocutError
    do {
      _ = try backend.load(path, plain)
      return
    } catch let error as IsocutError {
      failure = error
    }
    do {
      try source.write(to: path, ONNXFile.Rewrite(renamedInitializers: made))
      _ = try backend.load(path, plain)
    } catch let error as IsocutError {
      // The file as it came is what the user knows.
      guard let cause = error.cause as? EngineFailure else { throw error }
      throw LoadFailure.explain(cause, path: source.path, source)
    }
    let changesNothing = source.inputs.allSatisfy { $0.type.fixedShape != nil }
    isDynamic = !changesNothing
    guard isDynamic else { return }
    let reason = (failure.cause as? EngineFailure)?.firstLine ?? failure.message
    notes.append(
      "the file keeps its free dimensions, because the engine refuses it with fixed ones: \(reason)"
    )
  }

  /// Folds constants by the engine's basic level, unless they would grow too much.
  mutating func fold() throws {
    let folded = folder + "/folded.onnx"
    defer { try? FileManager.default.removeItem(atPath: folded) }
    // This fusion puts reshapes around products; a stage does that again when it is loaded.
    let options = SessionOptions(
      level: .basic, optimizedPath: folded, disabledOptimizers: ["MatMulAddFusion"])
    do {
      _ = try backend.load(path, options)
    } catch let error as IsocutError {
      let reason = (error.cause as? EngineFailure)?.firstLine ?? error.message
      notes.append("constants are not folded, because the engine cannot save that: \(reason)")
      return
    }
    let result = try ONNXFile(path: folded)
    let (before, after) = (source.constantBytes, result.constantBytes)
    guard Double(after) <= Double(before) * Self.largestGrowth else {
      notes.append(
        "constants are not folded, because they would grow from \(before) to \(after) bytes")
      return
    }
    let made = EngineMadeNames.constants(of: result, madeFrom: try ONNXFile(path: path))
    // Weights of the file that is replaced may stand beside it.
    try? FileManager.default.removeItem(atPath: path + ".data")
    try result.write(to: path, ONNXFile.Rewrite(renamedInitializers: made))
    isFolded = true
  }
}
