import IsocutGraph
import Testing
import _IsocutTestSupport

@testable import IsocutBackends

@Suite struct CompileCommandTests {
  static let tool = "/opt/qti-aic/exec/qaic-compile"

  /// The command of the vendor's page on single device partitioning.
  static let vgg16 = [
    "-m=./generatedModels/ONNX/vgg16.onnx", "-convert-to-quantize", "-aic-hw",
    "-aic-num-cores=14", "-input-list-file=list.txt", "-num-iter=5000",
    "-aic-num-of-instances=1", "-ols=4",
    "-quantization-schema-activations=symmetric_with_uint8",
    "-quantization-schema-constants=symmetric_with_uint8", "-mos=1", "-mos=1,4",
    "-sdp-cluster-sizes=7,7",
  ]

  @Test func theDocumentedCommandIsRebuiltTokenForToken() throws {
    let command = CompileCommand(
      executable: Self.tool, model: nil, tokens: Self.vgg16, outputFolder: "vgg16.program")
    #expect(Array(command.words.prefix(Self.vgg16.count + 1)) == [Self.tool] + Self.vgg16)
    #expect(
      Array(command.words.dropFirst(Self.vgg16.count + 1))
        == ["-compile-only", "-aic-binary-dir=vgg16.program"])
    expectSnapshot(command.words.shellLine, named: "aic100/vgg16-command")
  }

  @Test func aLaterValueOfAnOptionCounts() throws {
    let layout = try VendorArguments(Self.vgg16).layout(defaultCores: 16)
    #expect(
      layout
        == NSPLayout(cores: 14, clusterSizes: [7, 7], mos: .perCluster([1, 4]), instances: 1))
    #expect(layout.problem(onDeviceWith: 14) == nil)
    let reversed = try VendorArguments(Self.vgg16 + ["-mos=8"]).layout(defaultCores: 16)
    #expect(reversed.problem(onDeviceWith: 14) == .splitAboveCluster(8, index: 0, size: 7))
  }

  @Test func whatTheUserGaveIsNotAddedAgain() {
    let tokens = ["--m=a.onnx", "-aic-hw", "-compile-only", "-aic-binary-dir=mine"]
    let command = CompileCommand(
      executable: "qaic-compile", model: "b.onnx", tokens: tokens, outputFolder: "other")
    #expect(command.words == ["qaic-compile"] + tokens)
    #expect(command.outputFolder == "mine")
    #expect(command.programFile == "mine/programqpc.bin")
  }

  @Test func theModelComesFirstWhereTheTokensDoNotNameIt() {
    let command = CompileCommand(
      executable: "qaic-compile", model: "b.onnx", tokens: ["-mos=2"], outputFolder: "out")
    #expect(
      command.words == [
        "qaic-compile", "-m=b.onnx", "-mos=2", "-aic-hw", "-compile-only", "-aic-binary-dir=out",
      ])
  }

  @Test func aConfigurationBecomesTheOptionsOfItsColumns() {
    let configuration = AICConfiguration(
      layout: NSPLayout(cores: 12, clusterSizes: [6, 6], mos: .perCluster([1, 6])),
      batchSize: 2, ols: 2, vtcmPercent: 75)
    let command = CompileCommand(
      executable: "qaic-compile", model: "m.onnx", configuration: configuration,
      options: ["-convert-to-fp16", "-multicast-weights"], outputFolder: "out")
    expectSnapshot(command.words.joined(separator: "\n"), named: "aic100/configuration-command")
    #expect(configuration.folderName == "qpc-cores-12-mos-1_6-ols-2-bs-2-sdp-6_6-vtcm-75-output")
  }

  @Test func aFolderOfAPlainConfigurationIsNamedAsTheVendorNamesIt() {
    let configuration = AICConfiguration(
      layout: NSPLayout(cores: 2, mos: .uniform(1)), batchSize: 1, ols: 1)
    #expect(configuration.folderName == "qpc-cores-2-mos-1-ols-1-bs-1-output")
  }

  @Test func valuesMayStandInTheTokenAfterTheOption() throws {
    let arguments = VendorArguments(["-mos", "1,2", "-aic-hw", "-ols=2", "--aic-num-cores", "4"])
    #expect(try arguments.numbers(of: "mos") == [1, 2])
    #expect(try arguments.number(of: "aic-num-cores") == 4)
    #expect(arguments.value(of: "aic-hw") == "")
    #expect(arguments.value(of: "batchsize") == nil)
  }

  @Test func aValueThatIsNoNumberIsNamed() {
    let error = #expect(throws: IsocutError.self) {
      try VendorArguments(["-mos=1,,4"]).layout(defaultCores: 14)
    }
    #expect(error?.code == .usage)
    #expect(error?.message == "-mos=1,,4 is no list of whole numbers separated by commas")
  }

  @Test func repeatedSymbolsAreAllKept() {
    let tokens = ["-onnx-define-symbol=batch,1", "-onnx-define-symbol=seq,128"]
    #expect(VendorArguments(tokens).values(of: "onnx-define-symbol") == ["batch,1", "seq,128"])
  }
}
