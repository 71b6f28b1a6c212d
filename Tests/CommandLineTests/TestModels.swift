import Foundation
import _IsocutTestSupport

/// Models and other files that the commands are given.
enum TestModels {
  static let diamond = PythonPeer.projectFolder + "/Tests/Fixtures/diamond.onnx"

  static func write(_ model: TestONNX, to path: String) throws {
    try Data(model.encoded).write(to: URL(fileURLWithPath: path))
  }

  /// y = x * w with x [batch, 4].
  static let namedDimension = TestONNX(
    TestONNX.Graph(
      inputs: [TestONNX.Value("x", shape: [.named("batch"), .fixed(4)])],
      outputs: [TestONNX.Value("y", shape: [.named("batch"), .fixed(4)])],
      nodes: [TestONNX.Node("Mul", ["x", "w"], ["y"])],
      initializers: [TestONNX.Tensor("w", shape: [4], floats: [1, 2, 3, 4])]))

  /// The same with x [?, 4].
  static let unnamedDimension = TestONNX(
    TestONNX.Graph(
      inputs: [TestONNX.Value("x", shape: [.unknown, .fixed(4)])],
      outputs: [TestONNX.Value("y", shape: [.unknown, .fixed(4)])],
      nodes: [TestONNX.Node("Mul", ["x", "w"], ["y"])],
      initializers: [TestONNX.Tensor("w", shape: [4], floats: [1, 2, 3, 4])]))

  /// Two multiplications by `bytes` / 8 floats each.
  static func large(bytes: Int) -> TestONNX {
    let count = bytes / 8
    let weights = [Float](repeating: 0.5, count: count)
    return TestONNX(
      TestONNX.Graph(
        inputs: [TestONNX.Value("x", 1, count)], outputs: [TestONNX.Value("y", 1, count)],
        nodes: [
          TestONNX.Node("Mul", ["x", "v"], ["t"]), TestONNX.Node("Mul", ["t", "w"], ["y"]),
        ],
        initializers: ["v", "w"].map { TestONNX.Tensor($0, shape: [1, count], floats: weights) },
        values: [TestONNX.Value("t", 1, count)]))
  }
}
