import Foundation
import IsocutGraph
import Testing
import _IsocutTestSupport

@testable import IsocutFormats

@Suite struct TFLiteWriterTests {
  private func open(_ name: String) throws -> TFLiteFile {
    try TFLiteFile(path: try #require(TFLiteSample.path(name)))
  }

  /// The bytes of each tensor's buffer by name.
  private func weights(_ file: TFLiteFile) -> [String: [UInt8]] {
    var weights: [String: [UInt8]] = [:]
    for tensor in file.main.tensors {
      let range = file.model.data(of: tensor)
      if !range.isEmpty { weights[tensor.name] = file.mapped.copy(range) }
    }
    return weights
  }

  private func halves(_ graph: Graph) -> [OperatorSet] {
    let count = graph.operators.count
    return [
      OperatorSet(0..<count / 2, capacity: count), OperatorSet(count / 2..<count, capacity: count),
    ]
  }

  @Test("Weights keep their bytes and stand at multiples of 16", arguments: TFLiteSample.small)
  func weightBytes(name: String) throws {
    try withTemporaryFolder { folder in
      let source = try open(name)
      try source.write(to: folder + "/whole.tflite")
      let whole = try TFLiteFile(path: folder + "/whole.tflite")
      #expect(weights(whole) == weights(source))
      let model = try TFLiteModel(file: source)
      var seen: [String: [UInt8]] = [:]
      for (index, stage) in halves(model.graph).enumerated() {
        try model.writeStage(stage, to: "\(folder)/\(index).tflite")
        let part = try TFLiteFile(path: "\(folder)/\(index).tflite")
        seen.merge(weights(part)) { first, _ in first }
        #expect(part.main.operators.count == stage.count)
        for file in [whole, part] {
          for range in file.model.buffers where !range.isEmpty {
            #expect(range.lowerBound % 16 == 0)
          }
          #expect(file.model.buffers.first?.isEmpty == true)
        }
      }
      #expect(seen == weights(source))
    }
  }

  @Test("Equal stages give equal files and equal keys; other weights give another key")
  func contentKeys() throws {
    try withTemporaryFolder { folder in
      let path = try #require(TFLiteSample.path("mobilenet_v1_0.25_128_quant"))
      let model = try TFLiteModel(file: TFLiteFile(path: path))
      let stages = halves(model.graph)
      var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      // The last weight belongs to the second half.
      let range = try #require(model.file.model.buffers.filter { $0.count > 4096 }.last)
      bytes[range.lowerBound] ^= 1
      try bytes.write(to: URL(fileURLWithPath: folder + "/changed.tflite"))
      let changed = try TFLiteModel(file: TFLiteFile(path: folder + "/changed.tflite"))
      let keys = try stages.map(model.contentKey)
      let changedKeys = try stages.map(changed.contentKey)
      #expect(Set(keys).count == 2)
      #expect(try stages.map(model.contentKey) == keys)
      #expect(zip(keys, changedKeys).filter { $0 != $1 }.count == 1)
      // Written a second time from what was written.
      try model.writeStage(stages[0], to: folder + "/a.tflite")
      let again = try TFLiteModel(file: TFLiteFile(path: folder + "/a.tflite"))
      let all = OperatorSet(again.graph.operators.indices, capacity: again.graph.operators.count)
      try again.writeStage(all, to: folder + "/b.tflite")
      #expect(
        try Data(contentsOf: URL(fileURLWithPath: folder + "/a.tflite"))
          == Data(contentsOf: URL(fileURLWithPath: folder + "/b.tflite")))
      #expect(try again.contentKey(ofStage: all) == keys[0])
    }
  }

  @Test("Weights of files above the offsets' reach lie behind the FlatBuffer")
  func large() throws {
    try withTemporaryFolder { folder in
      let source = try open("mobilenet_v1_0.25_128_quant")
      let path = folder + "/large.tflite"
      try source.write(to: path, shapes: [:], largestFlatBuffer: 1024)
      let large = try TFLiteFile(path: path)
      #expect(weights(large) == weights(source))
      let lowest = large.model.buffers.filter { !$0.isEmpty }.map(\.lowerBound).min()
      let table = try large.reader.table(at: large.main.position).position
      #expect(try #require(lowest) > table)
      // Read back into a small file it is the same as if it had never been large.
      try large.write(to: folder + "/small.tflite")
      try source.write(to: folder + "/direct.tflite")
      #expect(
        try Data(contentsOf: URL(fileURLWithPath: folder + "/small.tflite"))
          == Data(contentsOf: URL(fileURLWithPath: folder + "/direct.tflite")))
    }
  }

  @Test("What describes the whole stays with the whole; the lowest runtime version stays always")
  func metadata() throws {
    try withTemporaryFolder { folder in
      let source = try open("keras_lstm_mnist_ptq")
      #expect(source.metadataNames.contains("min_runtime_version"))
      #expect(source.signatureKeys == ["serving_default"])
      try source.write(to: folder + "/whole.tflite")
      let whole = try TFLiteFile(path: folder + "/whole.tflite")
      #expect(whole.metadataNames == source.metadataNames)
      #expect(whole.signatureKeys == source.signatureKeys)
      #expect(whole.modelDescription == source.modelDescription)
      #expect(
        whole.model.signatures[0].inputs.map { whole.main.tensors[$0.tensor].name }
          == source.model.signatures[0].inputs.map { source.main.tensors[$0.tensor].name })
      let model = try TFLiteModel(file: source)
      for (index, stage) in halves(model.graph).enumerated() {
        try model.writeStage(stage, to: "\(folder)/\(index).tflite")
        let part = try TFLiteFile(path: "\(folder)/\(index).tflite")
        #expect(part.metadataNames == ["min_runtime_version"])
        #expect(part.signatureKeys.isEmpty)
      }
    }
  }

  @Test("An archive behind the model stays behind a whole copy and out of stages")
  func archive() throws {
    try withTemporaryFolder { folder in
      let source = try open("mobilenet_v1_0.25_128_quant")
      let tail = try #require(ZipTail.range(in: source.mapped.bytes))
      try source.write(to: folder + "/whole.tflite")
      let whole = try TFLiteFile(path: folder + "/whole.tflite")
      let copied = try #require(ZipTail.range(in: whole.mapped.bytes))
      #expect(whole.mapped.copy(copied) == source.mapped.copy(tail))
      let model = try TFLiteModel(file: source)
      try model.writeStage(halves(model.graph)[0], to: folder + "/part.tflite")
      let part = try TFLiteFile(path: folder + "/part.tflite")
      #expect(ZipTail.range(in: part.mapped.bytes) == nil)
    }
  }

  @Test("Truncated and damaged files are errors that name the file", arguments: TFLiteSample.small)
  func damage(name: String) throws {
    try withTemporaryFolder { folder in
      let bytes = try Data(contentsOf: URL(fileURLWithPath: try #require(TFLiteSample.path(name))))
      let path = folder + "/damaged.tflite"
      for count in [0, 3, 8, 100, bytes.count / 2] {
        try bytes.prefix(count).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: IsocutError.self) { try TFLiteFile(path: path) }
        #expect(error?.code == .badData)
        #expect(error?.message.contains(path) == true)
      }
      var text = bytes
      text.replaceSubrange(4..<8, with: Data("ONNX".utf8))
      try text.write(to: URL(fileURLWithPath: path))
      let error = #expect(throws: IsocutError.self) { try TFLiteFile(path: path) }
      #expect(error?.message == "\(path) is no TFLite file")
    }
  }
}
