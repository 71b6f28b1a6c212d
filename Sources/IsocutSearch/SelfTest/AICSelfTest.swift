import Foundation
package import IsocutBackends
import IsocutGraph
import IsocutWorker

/// Compiles and runs a model of one operator, to show that the tools and the card do what isocut
/// takes for granted.
package enum AICSelfTest {
  /// Steps up to the first that fails.
  package static func run(tools: AICTools) -> [SelfTestStep] {
    var steps = SelfTestSteps()
    guard steps.run("tools", { try tools.requireAll() }, seen: { tools.compiler }) != nil,
      var machine = steps.run(
        "device", { try ProgramMeasurer(tools: tools, device: nil, store: nil) },
        seen: { $0.device.description }),
      steps.run("SDK version", { machine.sdk }, seen: { $0 ?? "not known" }) != nil,
      let folder = steps.run("work folder", { try WorkFolder() }, seen: \.path)
    else { return steps.all }
    defer { folder.remove() }
    machine.length = .seconds(1)
    let program = AICProgram(
      compile: CompileCommand(
        executable: tools.compiler, model: folder.path + "/relu.onnx",
        configuration: AICConfiguration(layout: layout), options: ["-convert-to-fp16"],
        outputFolder: folder.path + "/program"),
      layout: layout)
    guard
      steps.run(
        "compilation",
        {
          _ = try folder.write(model, as: "relu.onnx")
          try machine.compile(program)
        }, seen: { program.compile.programFile }) != nil,
      let point = steps.run(
        "run", { try machine.measure(program, setSize: 2) }, seen: { "\($0.result.rate) inf/s" })
    else { return steps.all }
    _ = steps.run(
      "latency files",
      {
        guard let latency = point.latency else {
          throw IsocutError(.vendorTool, point.latencyProblem ?? "there are none")
        }
        return latency
      }, seen: { "median \($0.p50Milliseconds) ms" })
    return steps.all
  }

  /// Two clusters of one core: also shows that single device partitioning works.
  private static let layout = NSPLayout(cores: 2, clusterSizes: [1, 1], mos: .uniform(1))

  /// `selftest (float[1,64] x) => (float[1,64] y) { y = Relu (x) }`, opset 13.
  private static let model =
    Data(
      base64Encoded: """
        CAg6QgoMCgF4EgF5IgRSZWx1EghzZWxmdGVzdFoTCgF4Eg4KDAgBEggKAggBCgIIQGITCgF5Eg4KDAgBEggKAggB\
        CgIIQEICEA0=
        """) ?? Data()
}
