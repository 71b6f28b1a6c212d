import Foundation
import IsocutFormats
import IsocutGraph
import Testing
import _IsocutTestSupport

@Suite struct TFLiteGraphTests {
  static let models = TFLiteSample.manifest.map(\.model)

  private func graph(_ name: String) throws -> Graph {
    try TFLiteModel(file: TFLiteFile(path: try #require(TFLiteSample.path(name)))).graph
  }

  @Test("Operators, sizes and kinds are what other tools read", arguments: models)
  func counts(model: String) throws {
    let row = try #require(TFLiteSample.manifest.first { $0.model == model })
    let file = try TFLiteFile(path: try #require(TFLiteSample.path(model)))
    let graph = try TFLiteModel(file: file).graph
    #expect(graph.operators.count == row.number("operator_count"))
    // Metadata lie in buffers too, and no operator reads them.
    #expect(file.constantBytes == row.number("constant_data_bytes"))
    #expect(file.constantBytes - graph.parameterBytes < 1024)
    var kinds: [String: Int] = [:]
    for entry in graph.operators {
      kinds[entry.domain.isEmpty ? entry.kind : "CUSTOM:" + entry.kind, default: 0] += 1
    }
    let listed = row["operators"].split(separator: " ").map { item -> (String, Int) in
      let cut = item.lastIndex(of: "x") ?? item.endIndex
      return (String(item[..<cut]), Int(item[cut...].dropFirst()) ?? -1)
    }
    #expect(kinds == Dictionary(listed, uniquingKeysWith: +))
  }

  @Test("Positions where few tensors cross are those of other tools", arguments: models)
  func crossings(model: String) throws {
    let row = try #require(TFLiteSample.manifest.first { $0.model == model })
    let graph = try graph(model)
    // In the file's order, ties left aside, as the other tools count.
    let crossing = (1..<max(1, graph.operators.count)).map { position in
      graph.tensors.filter { tensor in
        (tensor.producer ?? -1) < position && tensor.consumers.contains { $0 >= position }
      }.count
    }
    #expect(crossing.count == row.number("cut_positions_count"))
    #expect(crossing.filter { $0 == 1 }.count == row.number("cut_positions_with_one_tensor_count"))
    #expect((crossing.max() ?? 0) == row.number("max_crossing_tensors_count"))
  }

  @Test("Convolutions count one product for each output, kernel element and input channel")
  func work() throws {
    let graph = try graph("mobilenet_v1_0.25_128_quant")
    // 64 x 64 x 8 outputs of a 3 x 3 kernel over 3 channels, then the same depthwise.
    #expect(graph.operators[0].macs == 64 * 64 * 8 * 9 * 3)
    #expect(graph.operators[1].macs == 64 * 64 * 8 * 9)
    #expect(graph.operators.last?.macs == nil)
    let lstm = try self.graph("keras_lstm_mnist_ptq").operators.filter {
      $0.kind == "UNIDIRECTIONAL_SEQUENCE_LSTM"
    }
    // 28 steps of four gates of 20 units that read 28 inputs and 20 states.
    #expect(lstm.map(\.macs) == [28 * 4 * 20 * (28 + 20)])
  }

  @Test("State is no tensor that flows, and all its users are one operator's inputs or tied")
  func state() throws {
    let graph = try graph("keras_lstm_mnist_ptq")
    #expect(graph.inputs.count == 1)
    #expect(graph.tensors.count == graph.operators.count + 1)
  }

  @Test(
    "Operators that share an engine's variable are tied",
    .enabled(
      if: TFLiteSample.path("alexa") != nil, "the TFLite models are missing; run scripts/setup"))
  func variables() throws {
    let graph = try graph("alexa")
    let touching = graph.operators.indices.filter {
      ["VAR_HANDLE", "READ_VARIABLE", "ASSIGN_VARIABLE"].contains(graph.operators[$0].kind)
    }
    #expect(!touching.isEmpty)
    for index in touching {
      #expect(graph.ties.contains { $0.operators.contains(index) && $0.operators.count > 1 })
    }
  }
}
