import Foundation
import IsocutFormats
import IsocutGraph
import Testing
import _IsocutTestSupport

/// Segments for the pipelined runners of libcoral and pycoral, which give a model's inputs to the
/// first segment and return what the last one makes: `isocut partition-with-profiling` on a model
/// with an input that enters late and an output that leaves early.
@Suite("Segments for the vendor's runners", .serialized, .needsTFLite)
struct VendorRunnerSegmentsTests {
  /// Eight operators. Up to the one that reads `late` the first three stay together, and from the
  /// one that makes `early` on the last three: four units.
  ///
  /// - Parameter imageWidth: bytes of the first input. With 128 the first operator has more than half
  ///   of the parameters, so that the compiler's own split is right behind it; with 64 its
  ///   split into two is behind the third.
  private static func model(imageWidth: Int) -> TestTFLite {
    TestTFLite(
      inputs: [("image", imageWidth), ("late", TestTFLite.width)], outputs: ["result", "early"],
      layers: [
        .connected("image", to: "a"), .connected("a", to: "b"), .sum("b", "late", to: "c"),
        .connected("c", to: "d"), .connected("d", to: "e"), .connected("e", to: "early"),
        .connected("early", to: "f"), .connected("f", to: "result"),
      ])
  }

  private static let tiesNote =
    "so what reads and makes them stays together: 4 units are cut instead of 8, and other cuts are not considered. --runner isocut cuts freely"
  private static let noBaseline = "The compiler's own split cannot be the baseline ("

  /// What the compiled segments take and give, read from the files.
  private static func ends(
    of count: Int, in folder: String
  ) throws -> [(inputs: [String], outputs: [String])] {
    try (0..<count).map { index in
      let path = "\(folder)/my model_segment_\(index)_of_\(count)_edgetpu.tflite"
      let graph = try TFLiteModel(file: TFLiteFile(path: path)).graph
      return (
        graph.inputs.map { graph.tensors[$0].name },
        graph.outputTensors.map { graph.tensors[$0].name }
      )
    }
  }

  /// What the runners demand at their construction.
  private static func expectRunnersTake(_ segments: [(inputs: [String], outputs: [String])]) {
    for (index, segment) in segments.enumerated() {
      let made = Set(segments[..<index].flatMap(\.outputs))
      let read = Set(segments[(index + 1)...].flatMap(\.inputs))
      #expect(index == 0 || made.isSuperset(of: segment.inputs), "inputs of segment \(index)")
      #expect(
        index == segments.count - 1 || read.isSuperset(of: segment.outputs),
        "outputs of segment \(index)")
    }
  }

  @Test(
    "take all inputs at the first and give all outputs at the last, by each search",
    arguments: [
      (2, ["--search=certified"]), (3, ["--search=libcoral", "--diff_threshold_ns=1"]),
      (3, ["--search=exhaustive"]), (4, []),
    ])
  func segments(count: Int, words: [String]) async throws {
    try await withTemporaryFolder { outer in
      let double = try await EdgeTPUDouble(
        in: outer, model: Self.model(imageWidth: 128).encoded)
      let run = try await double.cut(count, words)
      try #require(run.exitCode == 0, "\(run.standardError)")
      #expect(
        try double.files(in: "out")
          == (["my model.isocut"]
            + (0..<count).flatMap { index in
              [".tflite", "_edgetpu.log", "_edgetpu.tflite"].map {
                "my model_segment_\(index)_of_\(count)\($0)"
              }
            }))
      let segments = try Self.ends(of: count, in: double.folder + "/out")
      #expect(segments.first?.inputs == ["image", "late"])
      #expect(segments.last?.outputs == ["early", "result"])
      Self.expectRunnersTake(segments)
      #expect(try run.json()["verified"] as? Bool == true)
      try await double.expectBitExact(
        devices: Array(repeating: "pci", count: count).joined(separator: ","))

      let notes = try run.notes()
      #expect(notes.contains { $0.contains(Self.tiesNote) })
      #expect(!notes.contains { $0.contains("cannot run these segments") })
      // The compiler's own split is behind the first operator, away from the one that reads `late`.
      let about = try #require(notes.first { $0.hasPrefix(Self.noBaseline) })
      #expect(about.contains("tensor late cannot cross a cut"))
      #expect(about.hasSuffix("isocut's split with equal parameters is."))
      #expect(!notes.contains { $0.hasPrefix("The baseline is the compiler's own split") })
      #expect(try #require(try run.json()["equal_parameters_bottleneck_ms"] as? Double) > 0)
    }
  }

  @Test(
    "keep the compiler's own split as the baseline where it divides nothing that is kept together")
  func vendorsSplit() async throws {
    try await withTemporaryFolder { outer in
      let double = try await EdgeTPUDouble(
        in: outer, model: Self.model(imageWidth: 64).encoded)
      let run = try await double.cut(2, ["--search=equal-parameters"])
      try #require(run.exitCode == 0, "\(run.standardError)")
      #expect(try run.stages().compactMap { $0["operators"] as? Int } == [3, 5])
      let notes = try run.notes()
      #expect(notes.contains { $0.contains(Self.tiesNote) })
      #expect(notes.contains { $0.hasPrefix("The baseline is the compiler's own split") })
      #expect(!notes.contains { $0.hasPrefix(Self.noBaseline) })
      Self.expectRunnersTake(try Self.ends(of: 2, in: double.folder + "/out"))
    }
  }

  @Test("are cut freely for isocut's own runner, and a note names what the others cannot run")
  func isocutsRunner() async throws {
    try await withTemporaryFolder { outer in
      let double = try await EdgeTPUDouble(
        in: outer, model: Self.model(imageWidth: 128).encoded)
      let run = try await double.cut(2, ["--runner=isocut", "--search=equal-parameters"])
      try #require(run.exitCode == 0, "\(run.standardError)")
      #expect(try run.stages().compactMap { $0["operators"] as? Int } == [1, 7])
      let notes = try run.notes()
      #expect(!notes.contains { $0.contains("stays together") })
      #expect(notes.contains { $0.hasPrefix("The baseline is the compiler's own split") })
      let about = try #require(notes.first { $0.contains("cannot run these segments") })
      #expect(about.contains("no segment before segment 1 makes its input late"))
      try await double.expectBitExact(devices: "pci,pci")
    }
  }

  @Test("are cut freely where too little is left to cut, and a note names what the runners refuse")
  func tooManySegments() async throws {
    try await withTemporaryFolder { outer in
      let double = try await EdgeTPUDouble(
        in: outer, model: Self.model(imageWidth: 128).encoded)
      let run = try await double.cut(5, ["--search=equal-parameters"])
      try #require(run.exitCode == 0, "\(run.standardError)")
      #expect(try run.stages().compactMap { $0["operators"] as? Int } == [1, 3, 2, 1, 1])
      let notes = try run.notes()
      #expect(!notes.contains { $0.contains("stays together") })
      let about = try #require(notes.first { $0.contains("cannot run these segments") })
      #expect(about.contains("no segment before segment 1 makes its input late"))
      // The next segment reads it too, so the runners would take the segments and drop it.
      #expect(about.contains("segment 2 makes the model's output early"))
      try await double.expectBitExact(devices: "pci,pci,pci,pci,pci")
    }
  }
}
