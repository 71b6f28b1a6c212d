import Foundation
import IsocutBackends
import IsocutFormats
import IsocutGraph
import Testing
import _IsocutTestSupport

/// Models whose operators compute shapes that others read.
@Suite(.needsTFLite) struct TFLiteShapeTests {
  private let backend = TFLiteEngine.backend

  private func write(_ model: TFLiteModelSketch, to folder: String) throws -> String {
    let path = folder + "/model.tflite"
    try Data(model.encoded).write(to: URL(fileURLWithPath: path))
    return path
  }

  /// Doubles [2, 8] as [2, 4, 2]; the new shape is computed from the input's by way of a sum, whose
  /// size the engine knows only when it has run.
  private func computedShape() -> TFLiteModelSketch {
    var model = TFLiteModelSketch()
    model.add("x", .float32, [2, 8])
    model.add("shape", .int32, [2])
    for (name, value) in [("begin", 0), ("end", 1), ("step", 1)] {
      model.add(name, .int32, [1], constant: [Int32(value)])
    }
    model.add("two", .int32, [])
    model.add("four", .int32, [])
    model.add("new", .int32, [3])
    model.add("y", .float32, [])
    model.add("z", .float32, [])
    model.apply(.shape, ["x"], "shape")
    model.apply(.stridedSlice, ["shape", "begin", "end", "step"], "two")
    model.apply(.add, ["two", "two"], "four")
    model.apply(.pack, ["two", "four", "two"], "new")
    model.apply(.reshape, ["x", "new"], "y")
    model.apply(.add, ["y", "y"], "z")
    model.inputs = ["x"]
    model.outputs = ["z"]
    return model
  }

  private func cut(_ graph: Graph, after position: Int) -> Cut {
    Cut(stageCount: 2, stageOf: graph.operators.indices.map { $0 < position ? 0 : 1 })
  }

  @Test("Shapes that follow from the input's cross a cut at every position, bit for bit")
  func everyPosition() throws {
    try withTemporaryFolder { folder in
      let path = try write(computedShape(), to: folder)
      let prepared = try backend.prepare(PrepareRequest(modelPath: path), in: folder)
      let model = try prepared.openModel()
      #expect(prepared.pinned.isEmpty)
      #expect(model.graph.contraction.units.count == 6)
      #expect(prepared.outputs.map(\.shape) == [[2, 4, 2]])
      let numbers = (0..<16).map { Float($0) * 0.37 }
      for position in 1..<6 {
        let chain = try StageChain(
          model, cut(model.graph, after: position), on: backend, in: folder)
        for item in 0..<2 {
          let given = numbers.map { $0 + Float(item) }
          given.withUnsafeBytes { chain.inputs[0].bytes.copyMemory(from: $0) }
          try chain.run()
          let found = Array(chain.outputs[0].bytes.bindMemory(to: Float.self).prefix(16))
          #expect(found == given.map { $0 + $0 }, "item \(item), cut after \(position) operators")
        }
      }
    }
  }

  @Test("A stage that reads a shape runs alone on the shape that a run of the model gave")
  func stagesAlone() throws {
    try withTemporaryFolder { folder in
      let path = try write(computedShape(), to: folder)
      let prepared = try backend.prepare(PrepareRequest(modelPath: path), in: folder)
      let model = try prepared.openModel()
      let numbers = prepared.contents.mapValues { bytes in
        bytes.withUnsafeBytes { bytes in
          stride(from: 0, to: bytes.count, by: 4).map {
            bytes.loadUnaligned(fromByteOffset: $0, as: Int32.self)
          }
        }
      }
      #expect(numbers == ["shape": [2, 8], "two": [2], "four": [4], "new": [2, 4, 2]])
      let plan = InputPlan(contents: prepared.contents)
      for position in 1..<6 {
        let stage = cut(model.graph, after: position).stages[1]
        let path = "\(folder)/stage.tflite"
        try model.writeStage(stage, to: path)
        let boundary = model.graph.boundary(of: stage)
        func buffers(_ tensors: [TensorIndex]) throws -> [TensorBuffer] {
          try tensors.map {
            TensorBuffer(try #require(prepared.tensors[model.graph.tensors[$0].name]))
          }
        }
        let inputs = try buffers(boundary.inputs)
        let outputs = try buffers(boundary.outputs)
        for buffer in inputs { try plan.fill(buffer, item: 0) }
        let executor = try backend.open(
          Artifact(backend: "tflite", files: [path], stages: [1], options: RunOptions()),
          Placement(cpus: []), inputs: inputs.map(\.spec), outputs: outputs.map(\.spec))
        let binding = try executor.bind(inputs: inputs, outputs: outputs)
        #expect(throws: Never.self, "cut after \(position) operators") { try binding.run() }
      }
    }
  }

  @Test("A shape that data give is not cut, though all runs show the same")
  func shapeFromData() throws {
    try withTemporaryFolder { folder in
      var sketch = TFLiteModelSketch()
      sketch.add("x", .float32, [16])
      sketch.add("sizes", .int32, [2])
      sketch.add("y", .float32, [])
      sketch.add("z", .float32, [])
      sketch.apply(.reshape, ["x", "sizes"], "y")
      sketch.apply(.add, ["y", "y"], "z")
      sketch.inputs = ["x", "sizes"]
      sketch.outputs = ["z"]
      let path = try write(sketch, to: folder)
      let prepared = try backend.prepare(
        PrepareRequest(modelPath: path, inputs: InputPlan(values: ["sizes": 4])), in: folder)
      #expect(prepared.pinned["y"] == "RESHAPE may give another shape for other data")
      #expect(prepared.pinned["z"] == "its shape follows from y, which depends on the data")
      #expect(try prepared.openModel().graph.contraction.units.count == 1)
    }
  }
}

/// A TFLite file of a few operators; numbers are those of the public schema.
struct TFLiteModelSketch {
  enum Kind: Int, CaseIterable {
    case add, reshape, stridedSlice, shape, pack

    var code: Int32 { [0, 22, 45, 77, 83][rawValue] }

    func options(inputCount: Int) -> (type: UInt8, fields: [Int: FlatValue]) {
      switch self {
      case .add: (11, [:])
      case .reshape: (17, [:])
      // The one axis is left out of the result.
      case .stridedSlice: (32, [4: .number(Int32(1))])
      case .shape: (55, [0: .number(Int8(2))])
      case .pack: (59, [0: .number(Int32(inputCount))])
      }
    }
  }

  var inputs: [String] = []
  var outputs: [String] = []
  private var numbers: [String: Int32] = [:]
  private var tensors: [FlatValue] = []
  /// The first is empty, for tensors without contents.
  private var buffers = [FlatValue.table([:])]
  private var operators: [FlatValue] = []

  mutating func add(
    _ name: String, _ element: ElementType, _ shape: [Int32], constant: [Int32]? = nil
  ) {
    let type: Int8 = element == .int32 ? 2 : 0
    numbers[name] = Int32(tensors.count)
    tensors.append(
      .table([
        0: .numbers(shape), 1: .number(type),
        2: .number(UInt32(constant == nil ? 0 : buffers.count)), 3: .text(name),
      ]))
    if let constant {
      let bytes = constant.withUnsafeBytes { Array($0) }
      buffers.append(.table([0: .vector(width: 1, bytes)]))
    }
  }

  mutating func apply(_ kind: Kind, _ inputs: [String], _ output: String) {
    let options = kind.options(inputCount: inputs.count)
    operators.append(
      .table([
        0: .number(UInt32(kind.rawValue)), 1: .numbers(positions(inputs)),
        2: .numbers(positions([output])), 3: .number(options.type), 4: .table(options.fields),
      ]))
  }

  private func positions(_ names: [String]) -> [Int32] { names.map { numbers[$0] ?? -1 } }

  var encoded: [UInt8] {
    let codes = Kind.allCases.map { kind in
      FlatValue.table([
        0: .number(Int8(kind.code)), 2: .number(Int32(1)), 3: .number(kind.code),
      ])
    }
    let main = FlatValue.table([
      0: .tables(tensors), 1: .numbers(positions(inputs)), 2: .numbers(positions(outputs)),
      3: .tables(operators),
    ])
    return FlatValue.table([
      0: .number(UInt32(3)), 1: .tables(codes), 2: .tables([main]), 4: .tables(buffers),
    ]).encoded(identifier: "TFL3")
  }
}
