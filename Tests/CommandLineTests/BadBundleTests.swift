import Foundation
import Testing
import _IsocutTestSupport

/// A bundle that was damaged after it was made, and models that are not the one it was made from.
@Suite("A damaged bundle") struct BadBundleTests {
  struct Damage: Sendable {
    var name: String
    var code: Int32
    var message: String
    var arguments: [String]
    var apply: @Sendable (_ bundle: String) throws -> Void

    init(
      _ name: String, _ code: Int32, _ message: String, arguments: [String] = ["verify", "bundle"],
      apply: @escaping @Sendable (String) throws -> Void = { _ in }
    ) {
      self.name = name
      self.code = code
      self.message = message
      self.arguments = arguments
      self.apply = apply
    }
  }

  static let damages: [Damage] = [
    Damage("plan is cut off", 65, "error: bundle/plan.json is no isocut plan: it is no JSON; ") {
      try Data(#"{"schema_version": 1,"#.utf8).write(to: plan(of: $0))
    },
    Damage(
      "field is missing", 65, "error: bundle/plan.json is damaged: field tool_version is missing"
    ) {
      try Data(#"{"schema_version": 1}"#.utf8).write(to: plan(of: $0))
    },
    Damage(
      "schema is newer", 65,
      "error: bundle/plan.json has schema version 2, this isocut reads up to 1; use a newer isocut"
    ) { try edit($0, #""schema_version" : 1"#, #""schema_version" : 2"#) },
    Damage(
      "stage name leaves the folder", 65,
      "error: stage 0 of bundle names the file ../stage_0.onnx, which leaves the folder"
    ) { try edit($0, #""stage_0.onnx""#, #""../stage_0.onnx""#) },
    Damage(
      "stage file was changed", 65,
      """
      error: stage file bundle/stage_1.onnx is not the one the plan was made with; make the bundle \
      again
      """
    ) {
      let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: $0 + "/stage_1.onnx"))
      try handle.write(contentsOf: Data([0xFF]))
      try handle.close()
    },
    Damage(
      "stage file is missing", 66,
      "error: stage file bundle/stage_1.onnx is missing; make the bundle again"
    ) { try FileManager.default.removeItem(atPath: $0 + "/stage_1.onnx") },
    Damage(
      "stage file is a pipe", 66,
      "error: bundle/stage_1.onnx is a pipe or a device; give a regular file"
    ) {
      try FileManager.default.removeItem(atPath: $0 + "/stage_1.onnx")
      try #require(mkfifo($0 + "/stage_1.onnx", 0o600) == 0)
    },
    Damage(
      "model is missing", 66,
      "error: the model nowhere.onnx is missing; say where it is with --model PATH",
      arguments: ["verify", "bundle", "--model", "nowhere.onnx"]),
    Damage(
      "model is another one", 65,
      """
      error: other.onnx is not the model the bundle was made from; give that one with --model PATH
      """,
      arguments: ["verify", "bundle", "--model", "other.onnx"]),
    Damage(
      "configuration is unknown", 64, "error: --only turbo: there is no such configuration; ",
      arguments: ["bench", "bundle", "--only", "turbo"]),
    Damage(
      "time is no time", 64, "error: --min-time must be above 0 and not above --max-time",
      arguments: ["bench", "bundle", "--min-time", "0"]),
    Damage(
      "rate is no rate", 64, "error: --rate must be above 0 items a second",
      arguments: ["bench", "bundle", "--rate", "0"]),
    Damage(
      "arrivals have no rate", 64,
      "error: --poisson says how items come; give --rate ITEMS/S too",
      arguments: ["bench", "bundle", "--poisson"]),
    Damage(
      "rate is too high for the time", 64,
      "error: --rate 50000 for 3 s is more than 50000 items; lower --min-time",
      arguments: ["bench", "bundle", "--rate", "50000"]),
    Damage(
      "error share is no number", 64, "error: --max-error nan is no share such as 1e-3",
      arguments: ["verify", "bundle", "--max-error", "nan"]),
    Damage(
      "core is not there", 78,
      "error: the plan bundle/plan.json uses core 65000, which may not be used here (allowed are ",
      arguments: ["run", "bundle", "--output", "deep/er/out"]
    ) {
      let text = try String(contentsOf: plan(of: $0), encoding: .utf8)
      let edited = text.replacing(#/"cpus" : \[\s*\d+/#) { _ in #""cpus" : [ 65000"# }
      try Data(edited.utf8).write(to: plan(of: $0))
    },
    Damage(
      "lanes do not fit the cores", 65,
      "error: bundle/plan.json is damaged: stages[0].device has 7 lanes of 1 cores, but 1 cpus; "
    ) { try edit($0, #""lanes" : 1"#, #""lanes" : 7"#) },
    Damage(
      "level is unknown", 65,
      "error: bundle/plan.json is damaged: there is no optimization_level turbo; make the bundle again",
      arguments: ["run", "bundle", "--output", "out"]
    ) { try edit($0, #""optimization_level" : "all""#, #""optimization_level" : "turbo""#) },
    Damage(
      "range of values is none", 65,
      "error: bundle/plan.json is damaged: input_ranges has no lowest and highest value for the input x"
    ) { try edit($0, "\"input_ranges\" : {\n\n    }", #""input_ranges" : { "x" : [5, 1] }"#) },
    Damage(
      "tensor has another name", 65,
      "error: cannot load stage 1, bundle/stage_1.onnx\n  because: "
    ) { try edit($0, #""name" : "y""#, #""name" : "z""#) },
    Damage(
      "backend is unknown", 65,
      "error: bundle/plan.json names the backend npu, which this isocut does not have; it has "
    ) { try edit($0, #""backend" : "null""#, #""backend" : "npu""#) },
    Damage(
      "input is unknown", 64, "error: the model has no input z; its inputs are x",
      arguments: ["run", "bundle", "--output", "out", "--input-value", "z=1"]),
    Damage(
      "input file is missing", 66, "error: the file ",
      arguments: ["run", "bundle", "--output", "out", "--input", "x=nowhere.npy"]),
    Damage(
      "input file is no array", 65, "error: cannot read ",
      arguments: ["run", "bundle", "--output", "out", "--input", "other.onnx"]),
    Damage(
      "outputs exist", 73,
      "error: kept exists; give another --output, or --overwrite to replace it",
      arguments: ["run", "bundle", "--output", "kept", "--input-value", "x=1"]),
  ]

  @Test("is refused with its exit code and what is wrong, and nothing is written")
  func isRefused() async throws {
    try await withTemporaryFolder { folder in
      let files = FileManager.default
      try TestModels.write(TestONNX.chain(4), to: folder + "/chain.onnx")
      try TestModels.write(TestONNX.chain(5), to: folder + "/other.onnx")
      try files.createDirectory(atPath: folder + "/kept", withIntermediateDirectories: true)
      let made = try await CommandLineRun(
        [
          "partition", "chain.onnx", "--stages", "2", "--backend", "null", "--output", "good",
          "--search", "equal-parameters",
        ], in: folder)
      try #require(made.exitCode == 0, "\(made.standardError)")

      for damage in Self.damages {
        let bundle = folder + "/bundle"
        try? files.removeItem(atPath: bundle)
        try files.copyItem(atPath: folder + "/good", toPath: bundle)
        try damage.apply(bundle)
        let before = try files.subpathsOfDirectory(atPath: folder).sorted()
        let run = try await CommandLineRun(damage.arguments, in: folder)
        let what = Comment(rawValue: "\(damage.name): \(run.standardError)")
        #expect(run.exitCode == damage.code, what)
        #expect(run.standardError.hasPrefix(damage.message), what)
        #expect(run.standardOutput.isEmpty, what)
        #expect(try files.subpathsOfDirectory(atPath: folder).sorted() == before, what)
      }
    }
  }

  private static func plan(of bundle: String) -> URL {
    URL(fileURLWithPath: bundle + "/plan.json")
  }

  private static func edit(_ bundle: String, _ old: String, _ new: String) throws {
    let text = try String(contentsOf: plan(of: bundle), encoding: .utf8)
    try #require(text.contains(old))
    try Data(text.replacingOccurrences(of: old, with: new).utf8).write(to: plan(of: bundle))
  }
}
