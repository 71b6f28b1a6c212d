import Foundation
import IsocutBackends
import IsocutFormats
import IsocutGraph
import Testing
import _IsocutTestSupport

@Suite struct TFLiteBackendTests {
  private let backend = TFLiteEngine.backend
  private let mobilenet = "mobilenet_v1_0.25_128_quant"

  private func prepare(_ name: String, shapes: [String: [Int]] = [:], in folder: String) throws
    -> PreparedModel
  {
    let path = try #require(TFLiteSample.path(name))
    return try backend.prepare(PrepareRequest(modelPath: path, shapes: shapes), in: folder)
  }

  @Test("A library that is not there is a state with a remedy")
  func missingLibrary() {
    let state = TFLiteBackend(library: "/nowhere/libtensorflowlite_c.so").availability()
    guard case .unavailable(let reason, let remedy) = state else {
      Issue.record("\(state)")
      return
    }
    #expect(reason.contains("/nowhere/libtensorflowlite_c.so"))
    #expect(remedy.contains("ISOCUT_TFLITE"))
  }

  @Test("Another library is refused by the symbol it lacks")
  func wrongLibrary() {
    let state = TFLiteBackend(library: "/lib/x86_64-linux-gnu/libm.so.6").availability()
    guard case .unavailable(let reason, _) = state else {
      Issue.record("\(state)")
      return
    }
    #expect(reason.contains("TfLiteVersion"))
  }

  @Test("A custom operator that the engine lacks is named", .needsTFLite)
  func customOperator() throws {
    try withTemporaryFolder { folder in
      let error = #expect(throws: IsocutError.self) {
        try prepare("split_concat_edgetpu", in: folder)
      }
      #expect(error?.code == .badData)
      #expect(error?.message.contains("edgetpu-custom-op") == true)
    }
  }

  @Test("Bytes that are no model are refused", .needsTFLite)
  func garbage() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/garbage.tflite"
      try Data(repeating: 7, count: 4096).write(to: URL(fileURLWithPath: path))
      let error = #expect(throws: IsocutError.self) {
        try backend.prepare(PrepareRequest(modelPath: path), in: folder)
      }
      #expect(error?.code == .badData)
      let opening = #expect(throws: IsocutError.self) {
        try backend.open(
          Artifact(backend: "tflite", files: [path], stages: [0], options: RunOptions()),
          Placement(cpus: []), inputs: [], outputs: [])
      }
      #expect(opening?.code == .badData)
    }
  }

  @Test(
    "Unknown inputs and dimension names are the caller's mistake",
    .needsTFLite)
  func usage() throws {
    try withTemporaryFolder { folder in
      let unknown = #expect(throws: IsocutError.self) {
        try prepare(mobilenet, shapes: ["nothing": [1]], in: folder)
      }
      #expect(unknown?.code == .usage)
      let impossible = #expect(throws: IsocutError.self) {
        try prepare(mobilenet, shapes: ["input": [1, 1, 1, 1]], in: folder)
      }
      #expect(impossible?.code == .usage)
    }
  }

  @Test("A given shape is written into the prepared file", .needsTFLite)
  func shapes() throws {
    try withTemporaryFolder { folder in
      let name = "mobilenet_v1_0.25_128_quant"
      let prepared = try prepare(name, shapes: ["input": [1, 160, 160, 3]], in: folder)
      #expect(prepared.inputs.map(\.shape) == [[1, 160, 160, 3]])
      let graph = try TFLiteModel(file: TFLiteFile(path: prepared.path)).graph
      #expect(graph.operators[0].macs == 80 * 80 * 8 * 9 * 3)
      let executor = try backend.open(
        Artifact(backend: "tflite", files: [prepared.path], stages: [0], options: RunOptions()),
        Placement(cpus: []), inputs: prepared.inputs, outputs: prepared.outputs)
      #expect(executor.inputs == prepared.inputs)
    }
  }

  @Test(
    "Bindings of one executor use their own buffers, in place",
    .needsTFLite)
  func bindings() throws {
    try withTemporaryFolder { folder in
      let prepared = try prepare(mobilenet, in: folder)
      for level in [RunOptions.OptimizationLevel.basic, .all] {
        let executor = try backend.open(
          Artifact(
            backend: "tflite", files: [prepared.path], stages: [0],
            options: RunOptions(optimizationLevel: level)),
          Placement(cpus: []), inputs: prepared.inputs, outputs: prepared.outputs)
        let items = try (0..<3).map { item in
          let inputs = prepared.inputs.map(TensorBuffer.init)
          let outputs = prepared.outputs.map(TensorBuffer.init)
          inputs[0].bytes.initializeMemory(as: UInt8.self, repeating: UInt8(item * 100))
          return (outputs[0], try executor.bind(inputs: inputs, outputs: outputs))
        }
        for (_, binding) in items { try binding.run() }
        let first = items.map { TFLiteEngine.digest($0.0) }
        #expect(Set(first).count == 3)
        for (_, binding) in items.reversed() { try binding.run() }
        #expect(items.map { TFLiteEngine.digest($0.0) } == first)
      }
    }
  }

  @Test("First costs give every operator a share of the whole", .needsTFLite)
  func firstCosts() throws {
    try withTemporaryFolder { folder in
      let prepared = try prepare(mobilenet, in: folder)
      for level in [RunOptions.OptimizationLevel.basic, .all] {
        let costs = try #require(
          try backend.firstCosts(
            prepared, RunOptions(optimizationLevel: level), inputs: InputPlan(),
            in: folder))
        #expect(costs.milliseconds.count == 31)
        #expect(costs.milliseconds.allSatisfy { $0 > 0 })
        #expect(costs.wholeMilliseconds > 0)
      }
    }
  }
}
