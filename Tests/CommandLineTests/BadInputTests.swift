import Foundation
import Testing
import _IsocutTestSupport

/// What a user gets wrong, the exit code that `docs/exit-codes.md` names for it, and the message, a
/// snapshot each. None leaves anything behind.
@Suite("Bad input") struct BadInputTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    var code: Int32
    var arguments: [String]
    var testDescription: String { name }

    init(_ name: String, _ code: Int32, _ arguments: String) {
      self.name = name
      self.code = code
      self.arguments = arguments.split(separator: " ").map(String.init)
    }

    /// A `partition` that lacks nothing but what `arguments` make wrong.
    static func partition(_ name: String, _ code: Int32, _ arguments: String) -> Case {
      Case(name, code, "partition \(arguments) --output out --backend null")
    }
  }

  static let models: [Case] = [
    .partition("no-such-file", 66, "nowhere.onnx --stages 2"),
    .partition("folder-as-model", 66, "folder.onnx --stages 2"),
    .partition("empty-file", 65, "empty.onnx --stages 2"),
    .partition("not-onnx", 65, "text.onnx --stages 2"),
    .partition("truncated", 65, "truncated.onnx --stages 2"),
    Case(
      "tflite-on-onnxruntime", 64,
      "partition text.tflite --stages 2 --output out --backend onnxruntime"),
    Case("onnx-on-tflite", 64, "partition diamond.onnx --stages 2 --output out --backend tflite"),
    Case("tflite-on-null", 64, "inspect text.tflite --backend null"),
    Case("not-tflite", 65, "inspect text.tflite"),
    Case("tflite-no-fold", 64, "inspect text.tflite --no-fold"),
    Case(
      "missing-tflite-library", 69,
      "partition small.tflite --stages 2 --output out --tflite /nowhere.so"),
    Case("library-of-another-engine", 64, "inspect diamond.onnx --tflite /nowhere.so"),
    Case("inspect-no-such-file", 66, "inspect nowhere.onnx --backend null"),
    Case("inspect-truncated", 65, "inspect truncated.onnx --backend null"),
  ]

  static let shapes: [Case] = [
    .partition("missing-dimension", 64, "named.onnx --stages 1"),
    .partition("missing-unnamed-dimension", 64, "unnamed.onnx --stages 1"),
    .partition("unknown-dimension", 64, "named.onnx --stages 1 --dim height=1"),
    .partition("unknown-input", 64, "diamond.onnx --stages 2 --shape picture=1,3,8,8"),
    .partition("wrong-rank", 64, "diamond.onnx --stages 2 --shape image=1,3"),
    .partition("malformed-shape", 64, "diamond.onnx --stages 2 --shape image=1,three"),
    .partition("shape-without-name", 64, "diamond.onnx --stages 2 --shape 1,3,8,8"),
    .partition("shape-twice", 64, "diamond.onnx --stages 2 --shape image=1,3,8,8 --shape image=1"),
    .partition("fixed-size-changed", 64, "diamond.onnx --stages 2 --shape image=1,3,8,9"),
    .partition("malformed-range", 64, "diamond.onnx --stages 2 --input-range image=2,1"),
    .partition("missing-input-file", 66, "diamond.onnx --stages 2 --input image=nowhere.npy"),
  ]

  static let requests: [Case] = [
    .partition("no-stages", 64, "diamond.onnx"),
    .partition("absurd-stages", 78, "diamond.onnx --stages 9223372036854775807"),
    .partition("zero-stages", 64, "diamond.onnx --stages 0"),
    .partition("more-stages-than-operators", 78, "diamond.onnx --stages 9"),
    .partition(
      "more-clusters-than-cores", 78, "diamond.onnx --stages 2 --cpus CORE --cluster-sizes 1,1"),
    .partition("clusters-without-stage", 78, "diamond.onnx --stages 2 --cluster-sizes 1,1,1"),
    .partition(
      "mos-does-not-divide", 78, "diamond.onnx --stages 1 --cpus CORE --cluster-sizes 1 --mos 2"),
    .partition("core-not-allowed", 78, "diamond.onnx --stages 2 --cpus 65000,65001"),
    .partition("malformed-cores", 64, "diamond.onnx --stages 2 --cpus 0..1"),
    .partition("malformed-budget", 64, "diamond.onnx --stages 2 --budget much"),
    .partition("unknown-search", 64, "diamond.onnx --stages 2 --search lucky"),
    .partition("unknown-level", 64, "diamond.onnx --stages 2 --optimization-level turbo"),
    .partition("tolerance-out-of-range", 64, "diamond.onnx --stages 2 --tolerance 100"),
    .partition(
      "flag-of-another-search", 64, "diamond.onnx --stages 2 --diff-threshold-ns 100000"),
    Case("unknown-backend", 64, "partition diamond.onnx --stages 2 --output out --backend npu"),
    Case(
      "missing-library", 69,
      "partition diamond.onnx --stages 2 --output out --onnxruntime /nowhere.so"),
    Case("unknown-command", 64, "divide diamond.onnx"),
  ]

  static let outputs: [Case] = [
    Case("output-exists", 73, "partition diamond.onnx --stages 2 --backend null --output kept"),
    Case(
      "output-is-no-bundle", 73,
      "partition diamond.onnx --stages 2 --backend null --output kept --overwrite"),
    Case(
      "output-below-a-file", 73,
      "partition diamond.onnx --stages 2 --backend null --output text.onnx/out"),
    Case(
      "more-stages-below-new-folders", 78,
      "partition diamond.onnx --stages 9 --backend null --output deep/er/out"),
    .partition("unknown-suffix", 64, "diamond.onnx --stages 2 --report report.docx"),
    .partition("report-without-folder", 73, "diamond.onnx --stages 2 --report nowhere/report.json"),
    .partition("unknown-format", 64, "diamond.onnx --stages 2 --format xml"),
    Case("no-bundle", 66, "verify nowhere"),
    Case("folder-is-no-bundle", 65, "verify kept"),
    Case("file-is-no-bundle", 65, "bench text.onnx"),
  ]

  static let configurator: [Case] = [
    Case(
      "configurator-unknown-option", 64, "model-configurator MODEL onnx -list-configs -frobnicate 3"
    ),
    Case("configurator-no-model", 64, "model-configurator -list-configs"),
    Case("configurator-malformed-list", 64, "model-configurator m.onnx -list-configs -cores 4-2"),
    Case("configurator-nothing-fits", 78, "model-configurator m.onnx -list-configs -cores 17"),
    Case(
      "configurator-no-file", 66,
      "model-configurator m.onnx -list-configs -load-configs nowhere.csv"),
    Case(
      "configurator-not-saved", 73,
      "model-configurator m.onnx -list-configs -cores 1 -save-config nowhere/rows.csv"),
  ]

  @Test(
    "ends with its exit code and a message, and leaves nothing",
    arguments: models + shapes + requests + outputs + configurator)
  func isRefused(_ bad: Case) async throws {
    try await withTemporaryFolder { folder in
      try Self.fill(folder)
      let before = try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
      let core = try String(Self.firstAllowedCore())
      let run = try await CommandLineRun(
        bad.arguments.map { $0 == "CORE" ? core : $0 }, in: folder)
      #expect(run.exitCode == bad.code)
      #expect(run.standardOutput.isEmpty)
      #expect(try FileManager.default.subpathsOfDirectory(atPath: folder).sorted() == before)
      #expect(
        try String(contentsOfFile: folder + "/kept/mine.txt", encoding: .utf8) == "mine")
      let typed = (["isocut"] + bad.arguments).joined(separator: " ")
      let message = Self.withoutPlaces(run.standardError, folder: folder)
      expectSnapshot(
        "$ \(typed)\n\(message)exit code \(run.exitCode)\n",
        named: "command-line/error-\(bad.name)")
    }
  }

  @Test("that names an operator without implementation says which", .needsONNXRuntime)
  func unsupportedOperator() async throws {
    try await withTemporaryFolder { folder in
      var model = TestONNX.chain(3)
      model.opsets.append(("com.example", 1))
      model.graph.nodes[1].kind = "Frobnicate"
      model.graph.nodes[1].domain = "com.example"
      try TestModels.write(model, to: folder + "/custom.onnx")
      let run = try await CommandLineRun(
        ["partition", "custom.onnx", "--stages", "2", "--output", "out"], in: folder)
      #expect(run.exitCode == 65)
      #expect(
        run.standardError.hasPrefix(
          "error: custom.onnx uses operators that onnxruntime does not have: "
            + "com.example:Frobnicate\n"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["custom.onnx"])
    }
  }

  /// The files that the cases name.
  private static func fill(_ folder: String) throws {
    let files = FileManager.default
    let diamond = try Data(contentsOf: URL(fileURLWithPath: TestModels.diamond))
    func write(_ data: Data, _ name: String) throws {
      try data.write(to: URL(fileURLWithPath: folder + "/" + name))
    }
    try write(diamond, "diamond.onnx")
    try write(diamond.prefix(500), "truncated.onnx")
    try write(Data(), "empty.onnx")
    try write(Data("a letter, not a model\n".utf8), "text.onnx")
    try write(Data("a letter, not a model\n".utf8), "text.tflite")
    try write(Data(contentsOf: TestData.url("tflite/split_concat.tflite")), "small.tflite")
    try TestModels.write(TestModels.namedDimension, to: folder + "/named.onnx")
    try TestModels.write(TestModels.unnamedDimension, to: folder + "/unnamed.onnx")
    try files.createDirectory(atPath: folder + "/folder.onnx", withIntermediateDirectories: true)
    try files.createDirectory(atPath: folder + "/kept", withIntermediateDirectories: true)
    try write(Data("mine".utf8), "kept/mine.txt")
  }

  /// The message without progress before it and without what differs between machines and runs.
  private static func withoutPlaces(_ text: String, folder: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.drop { !$0.hasPrefix("error:") }.joined(separator: "\n")
      .replacingOccurrences(of: folder, with: "FOLDER")
      .replacing(#/\.part-\d+/#, with: ".part-PROCESS")
      .replacing(#/allowed are [0-9,]+/#, with: "allowed are CORES")
  }

  private static func firstAllowedCore() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let list = try #require(status.firstMatch(of: #/Cpus_allowed_list:\s*(\d+)/#))
    return try #require(Int(list.1))
  }
}
