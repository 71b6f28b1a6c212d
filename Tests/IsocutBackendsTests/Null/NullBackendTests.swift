import Foundation
import IsocutBackends
import IsocutGraph
import Testing
import _IsocutTestSupport

@Suite struct NullBackendTests {
  private let input = TensorSpec(name: "x", elementType: .float32, shape: [4])
  private let output = TensorSpec(name: "y", elementType: .float32, shape: [4])

  @Test func virtualTimeIsTheScriptsFigureOverTheLanes() throws {
    try withScript(milliseconds: 3) { artifact in
      var samples: [Double] = []
      _ = try NullBackend(options: NullOptions()).measure(artifact, load(lanes: 2)) {
        samples.append($0)
        return samples.count < 3
      }
      #expect(samples == [1.5, 1.5, 1.5])
    }
  }

  @Test func busyTimeTakesAtLeastTheScriptsFigureOnEachLane() throws {
    try withScript(milliseconds: 0.5) { artifact in
      var samples: [Double] = []
      _ = try NullBackend(options: NullOptions(time: .busy)).measure(artifact, load(lanes: 2)) {
        samples.append($0)
        return samples.count < 5
      }
      #expect(samples.allSatisfy { $0 >= 0.25 })
    }
  }

  @Test(arguments: [NullOptions.Time.virtual, .busy])
  func aFaultEndsTheMeasurement(time: NullOptions.Time) throws {
    try withScript(milliseconds: 0.01) { artifact in
      let backend = NullBackend(
        options: NullOptions(time: time, fault: .init(.fail, onCall: 40)))
      #expect(throws: IsocutError.self) {
        _ = try backend.measure(artifact, load(lanes: 2)) { _ in true }
      }
    }
  }

  @Test func theEnvironmentsWordsAreRead() throws {
    let options = try NullOptions(parsing: "time=busy,crash=3,only=conv_7")
    #expect(
      options
        == NullOptions(time: .busy, fault: .init(.crash, onCall: 3, only: ["conv_7"])))
    #expect(throws: IsocutError.self) { try NullOptions(parsing: "crash=soon") }
  }

  @Test(arguments: ElementType.allCases.filter { $0.bitWidth != nil })
  func everyElementTypeCarriesAValue(type: ElementType) throws {
    // Two runs in a chain give what one run of both gives only if the value survives its memory.
    let middle = TensorSpec(name: "middle", elementType: type, shape: [70])
    let first = NullExecutor(named: "a", inputs: [input], outputs: [middle], milliseconds: 0)
    let second = NullExecutor(named: "b", inputs: [middle], outputs: [output], milliseconds: 0)
    let (x, y, z) = (TensorBuffer(input), TensorBuffer(middle), TensorBuffer(output))
    try InputPlan().fill(x, item: 1)
    try first.bind(inputs: [x], outputs: [y]).run()
    let binding = try second.bind(inputs: [y], outputs: [z])
    try binding.run()
    let result = Array(z.bytes)
    // One changed byte anywhere changes what follows.
    y.bytes[y.spec.byteCount - 1] ^= 1
    try binding.run()
    #expect(Array(z.bytes) != result)
  }

  private func load(lanes: Int) -> Load {
    Load(
      lanes: (0..<lanes).map { _ in Placement(cpus: [], threads: 1) }, inputs: [input],
      outputs: [output], inputPlan: InputPlan())
  }

  private func withScript(milliseconds: Double, _ body: (Artifact) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/stage.json"
      try Data(#"{"name": "a", "milliseconds": \#(milliseconds)}"#.utf8)
        .write(to: URL(fileURLWithPath: path))
      let artifacts = try NullBackend(options: NullOptions())
        .compile(.stage(file: path, options: RunOptions()))
      try body(try #require(artifacts.first))
    }
  }
}
