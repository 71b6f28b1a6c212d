import Foundation
import IsocutFormats
import IsocutGraph
import Testing
import _IsocutTestSupport

/// Real models cut at several places: the stages re-read here, and stock onnx and onnxruntime take
/// them and compute what the whole model computes. `ISOCUT_ALL_MODELS=1` takes every model.
@Suite(.enabled(if: RealModel.areSetUp, "run scripts/setup"))
struct StockToolTests {
  @Test(arguments: RealModel.chosen)
  func `stages of a real model pass the checker and chain to the same outputs`(
    _ model: RealModel
  ) throws {
    try withTemporaryFolder { try check(model, in: $0) }
  }

  private func check(_ model: RealModel, in folder: String) throws {
    let source = try ONNXFile(path: model.path)
    let prepared = folder + "/prepared.onnx"
    let shapes = try source.resolveShapes(shapes: model.shapes, dimensions: model.dimensions)
    try source.write(
      to: prepared, ONNXFile.Rewrite(inputShapes: model.staysDynamic ? [:] : shapes))
    let options =
      shapes.flatMap {
        ["--shape", "\($0)=\($1.map(String.init).joined(separator: ","))"]
      } + model.values.flatMap { ["--input-value", "\($0)=\($1)"] }
    let types = try tensorTypes(of: prepared, options)
    let file = try ONNXFile(path: prepared)
    let cuttable = try ONNXModel(file: file, types: types)
    let graph = cuttable.graph
    #expect(!graph.operators.isEmpty)

    var folders: [String] = []
    for (number, cut) in cuts(of: graph).enumerated() {
      try cut.validate(for: graph)
      let stages = folder + "/cut\(number)"
      try FileManager.default.createDirectory(atPath: stages, withIntermediateDirectories: true)
      for (index, stage) in cut.stages.enumerated() {
        let path = "\(stages)/stage\(index).onnx"
        try cuttable.writeStage(stage, to: path)
        try checkStage(path, stage, of: cuttable)
      }
      folders.append(stages)
    }
    for level in model.levels {
      let (status, output) = try PythonPeer.run(
        [
          "scripts/peers/check_stages.py", "--constant-outputs", "--items", "1", "--level", level,
        ] + options + [prepared] + folders)
      #expect(status == 0, "\(level): \(output)")
    }
  }

  /// A stage file read again has the operators, the boundary and the weights that were asked for.
  private func checkStage(_ path: String, _ stage: OperatorSet, of whole: ONNXModel) throws {
    let boundary = whole.graph.boundary(of: stage)
    let file = try ONNXFile(path: path)
    #expect(file.inputs.map(\.name) == boundary.inputs.map { whole.graph.tensors[$0].name })
    #expect(file.outputs.map(\.name) == boundary.outputs.map { whole.graph.tensors[$0].name })
    let part = try ONNXModel(file: file).graph
    #expect(Set(part.operators.map(\.id)) == Set(stage.map { whole.graph.operators[$0].id }))
    // Values made by ConstantOfShape count only where an engine told their sizes.
    #expect(part.parameterBytes <= whole.graph.parameterBytes(of: stage))
  }

  /// Two, three and four stages by equal numbers of units, which crosses several tensors in models
  /// with branches.
  private func cuts(of graph: Graph) -> [Cut] {
    let units = graph.contraction.units
    return [2, 3, 4].filter { $0 <= units.count }.map { count in
      var stageOf = Array(repeating: 0, count: graph.operators.count)
      for (index, unit) in units.enumerated() {
        for member in unit { stageOf[member] = index * count / units.count }
      }
      return Cut(stageCount: count, stageOf: stageOf)
    }
  }

  private func tensorTypes(of path: String, _ options: [String]) throws -> [String: TensorType] {
    struct Found: Decodable {
      var type: Int
      var shape: [Int]
    }
    let (status, output) = try PythonPeer.run(
      ["scripts/peers/check_stages.py", "--types"] + options + [path])
    try #require(status == 0, "\(output)")
    return try JSONDecoder().decode([String: Found].self, from: Data(output.utf8)).mapValues {
      TensorType(
        element: ElementType(onnxNumber: $0.type), shape: $0.shape.map(Dimension.fixed))
    }
  }
}

/// A model that scripts/setup unpacks or makes, and the sizes its free dimensions get.
struct RealModel: CustomTestStringConvertible, Sendable {
  var name: String
  var shapes: [String: [Int]] = [:]
  var dimensions: [String: Int] = [:]
  /// Inputs that need a value of their own.
  var values: [String: Int] = [:]
  /// Fixed sizes make the model invalid.
  var staysDynamic = false
  /// Saved by ONNX Runtime, which takes stages of its own files at higher levels only once its
  /// backend here has prepared the file.
  var isSavedByEngine = false
  /// Taken in every test run; the others with `ISOCUT_ALL_MODELS=1`.
  var isQuick = false

  var testDescription: String { name }
  var path: String { "\(Self.root)/.setup/models/\(name).onnx" }

  static let root = String(
    #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined())
  static let areSetUp = FileManager.default.fileExists(atPath: root + "/.setup/python/onnx")
  private static let takesAll = ProcessInfo.processInfo.environment["ISOCUT_ALL_MODELS"] != nil
  static let chosen = all.filter { $0.isQuick || takesAll }
  /// Optimisation levels at which the stages must load and agree with the whole.
  var levels: [String] {
    Self.takesAll && !isSavedByEngine ? ["disable", "extended", "all"] : ["disable"]
  }

  static let all = [
    RealModel(name: "made/initializer-inputs", isQuick: true),
    RealModel(name: "made/local-function", isQuick: true),
    RealModel(name: "made/loop", isQuick: true),
    RealModel(name: "made/nonzero", isQuick: true),
    RealModel(name: "made/scan", isQuick: true),
    RealModel(name: "made/ppocrv5_cls-qdq", isQuick: true),
    RealModel(
      name: "made/open-nsfw-external", dimensions: ["unk__653": 1], isQuick: true),
    RealModel(name: "onnx/magika", dimensions: ["unk__214": 1], isQuick: true),
    RealModel(name: "onnx/ch_PP-OCRv4_det_infer", shapes: ["x": [1, 3, 64, 96]], isQuick: true),
    RealModel(
      name: "onnx/silero_vad",
      shapes: ["input": [1, 512], "state": [2, 1, 128], "sr": []],
      values: ["sr": 16000], staysDynamic: true, isQuick: true),
    RealModel(
      name: "onnx/minilm-int8", dimensions: ["batch": 1, "sequence": 16], isQuick: true),
    RealModel(name: "made/minilm-basic", isSavedByEngine: true),
    RealModel(name: "onnx/320n", shapes: ["images": [1, 3, 320, 320]]),
    RealModel(name: "onnx/ch_PP-OCRv4_rec_infer", shapes: ["x": [1, 3, 48, 64]]),
    RealModel(name: "onnx/ch_ppocr_mobile_v2.0_cls_infer", shapes: ["x": [1, 3, 48, 192]]),
    RealModel(name: "onnx/light_bvlc_alexnet"),
    RealModel(name: "onnx/light_densenet121"),
    RealModel(name: "onnx/light_inception_v2"),
    RealModel(name: "onnx/light_resnet50"),
    RealModel(name: "onnx/light_squeezenet"),
    RealModel(name: "onnx/light_zfnet512"),
    RealModel(name: "onnx/nmp", dimensions: ["unk__749": 1]),
    RealModel(name: "onnx/open-nsfw", dimensions: ["unk__653": 1]),
    RealModel(name: "onnx/ppocrv5_cls", dimensions: ["d0": 1]),
    RealModel(name: "onnx/ppocrv5_det", shapes: ["x": [1, 3, 64, 96]]),
    RealModel(
      name: "onnx/silero_vad_16k_op15",
      shapes: ["input": [1, 512], "state": [2, 1, 128], "sr": []], values: ["sr": 16000]),
    RealModel(
      name: "onnx/traceforge-encoder",
      dimensions: ["batch_size": 1, "encoder_sequence_length": 16]),
  ]
}
