import Testing
import _IsocutTestSupport

@testable import IsocutBackends

@Suite struct ReproduceScriptTests {
  private func script(model: String, sdk: String?) -> ReproduceScript {
    let configuration = AICConfiguration(
      layout: NSPLayout(cores: 14, clusterSizes: [7, 7], mos: .perCluster([1, 4])), ols: 4)
    let compile = CompileCommand(
      executable: "/opt/qti-aic/exec/qaic-compile", model: model, configuration: configuration,
      options: ["-convert-to-fp16"], outputFolder: "program")
    let run = RunCommand(
      executable: "/opt/qti-aic/exec/qaic-runner", programFolder: "program", device: 0,
      instances: 1, setSize: 10, length: .seconds(20))
    let query = DeviceQuery(parsing: DeviceQueryTests.ready)
    return ReproduceScript(
      compiles: [compile], runs: [run],
      environment: AICEnvironment(sdk: sdk, device: query.devices.first),
      measured: ["isocut measured 4378.382 inferences a second"])
  }

  @Test func theScriptHoldsTheExactLinesAndWhereTheyWereMeasured() {
    let text = script(model: "/models/vgg16.onnx", sdk: "platform AIC.1.19.2\napps AIC.1.19.2").text
    expectSnapshot(text, named: "aic100/reproduce")
  }

  @Test func whatToolsPrintCannotBecomeACommand() {
    let text = script(model: "/a b/$(touch x)';rm.onnx", sdk: "1.19\nrm -rf /").text
    #expect(text.contains("# SDK: 1.19 rm -rf /\n"))
    #expect(text.contains(#"'-m=/a b/$(touch x)'\'';rm.onnx'"#))
  }

  @Test func anUnknownEnvironmentIsSaid() {
    let environment = AICEnvironment(sdk: nil, device: nil)
    #expect(
      environment.lines == [
        "SDK: unknown", "SKU: unknown, device (QID): unknown, NSPs: unknown",
        "SoC temperature before the run: unknown",
      ])
  }

  @Test func aRunThatRecordsNamesItsFolder() {
    let run = RunCommand(
      executable: "qaic-runner", programFolder: "program", device: 3, instances: 2, setSize: 4,
      length: .iterations(5000), inputFiles: ["a.raw", "b.raw"], recordings: [.latency],
      recordingFolder: "latency", recordedSamples: 200)
    #expect(
      run.words.shellLine == """
        qaic-runner -t program -d 3 -a 2 -S 4 -n 5000 -i a.raw -i b.raw \
        --aic-profiling-type latency --aic-profiling-out-dir latency \
        --aic-profiling-num-samples 200
        """)
  }
}
