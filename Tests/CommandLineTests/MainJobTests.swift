import Foundation
import Testing
import _IsocutTestSupport

/// The commands in the order a user types them.
@Suite("The main job", .serialized) struct MainJobTests {
  @Test("with the null backend: partition, verify, run, bench")
  func nullBackend() async throws {
    try await withTemporaryFolder { folder in
      try TestModels.write(TestONNX.chain(4), to: folder + "/chain.onnx")
      let partition = try await CommandLineRun(
        [
          "partition", "chain.onnx", "--stages", "2", "--backend", "null", "--format", "json",
        ], in: folder)
      try #require(partition.exitCode == 0, "\(partition.standardError)")
      let report = try partition.json()
      try checkFields(of: report, stages: 2)
      #expect(report["simulated"] as? Bool == true)
      #expect(report["bundle"] as? String == folder + "/chain.isocut")
      #expect(try bundleFiles(folder) == ["plan.json", "stage_0.onnx", "stage_1.onnx"])

      let verify = try await CommandLineRun(
        ["verify", "chain.isocut", "--format", "json"], in: folder)
      #expect(verify.exitCode == 0, "\(verify.standardError)")
      let verdict = try verify.json()
      #expect(verdict["pass"] as? Bool == true)
      #expect(verdict["bit_exact"] as? Bool == true)
      for field in ["max_abs_error", "max_rel_error", "level_spread", "items", "input_sensitive"] {
        #expect(verdict.keys.contains(field), "\(field)")
      }

      try Data(NumPyBytes.row([1, 2, 3, 4])).write(to: URL(fileURLWithPath: folder + "/x.npy"))
      let run = try await CommandLineRun(
        ["run", "chain.isocut", "--input", "x.npy", "--output", "result", "--report", "run.json"],
        in: folder)
      #expect(run.exitCode == 0, "\(run.standardError)")
      #expect(run.standardOutput.isEmpty, "the result goes to the report")
      let written = try FileManager.default.contentsOfDirectory(atPath: folder + "/result")
      #expect(written.contains("y.npy"))
      #expect(FileManager.default.fileExists(atPath: folder + "/run.json"))

      // Stages alone are measured without the whole model.
      try FileManager.default.removeItem(atPath: folder + "/chain.onnx")
      let bench = try await CommandLineRun(
        [
          "bench", "chain.isocut", "--only", "pipeline", "--min-time", "0.3", "--min-count", "5",
          "--format", "json",
        ], in: folder)
      #expect(bench.exitCode == 0, "\(bench.standardError)")
      let figures = try bench.json()
      let row = try #require((figures["rows"] as? [[String: Any]])?.first)
      #expect(row["configuration"] as? String == "pipeline")
      for field in [
        "throughput_items_per_s", "throughput_interval_items_per_s", "p50_ms", "p90_ms", "p95_ms",
        "p99_ms", "peak_memory_mib", "items",
      ] { #expect(row.keys.contains(field), "\(field)") }
      #expect((figures["stages"] as? [[String: Any]])?.count == 2)
      for field in ["pipeline_efficiency", "winner", "within_noise", "best_rival"] {
        #expect(figures.keys.contains(field), "\(field)")
      }
      #expect(figures["winner"] as? String == "pipeline")
    }
  }

  /// A size that is not known could make a value smaller in a stage than in the whole model.
  @Test(
    "with the null backend: a real model whose file does not say its inner shapes",
    .needsONNXRuntime, arguments: ["light_squeezenet", "open-nsfw"])
  func nullBackendOnARealModel(name: String) async throws {
    try await withTemporaryFolder { folder in
      let run = try await CommandLineRun(
        [
          "partition", Engine.sample(name), "--stages",
          "2", "--backend", "null", "--search", "equal-parameters", "--output", "cut", "--format",
          "json",
        ] + (name == "open-nsfw" ? ["--shape", "input:0=1,224,224,3"] : []), in: folder)
      try #require(run.exitCode == 0, "\(run.standardError)")
      let verification = try run.json()["verification"] as? [String: Any]
      #expect(verification?["bit_exact"] as? Bool == true)
    }
  }

  @Test("bench under an open-loop load answers every item, and says where it does not keep up")
  func openLoop() async throws {
    try await withTemporaryFolder { folder in
      try TestModels.write(TestONNX.chain(4), to: folder + "/chain.onnx")
      let made = try await CommandLineRun(
        ["partition", "chain.onnx", "--stages", "2", "--backend", "null", "--output", "cut"],
        in: folder)
      try #require(made.exitCode == 0, "\(made.standardError)")
      let run = try await CommandLineRun(
        [
          "bench", "cut", "--rate", "100", "--rate", "200", "--poisson", "--min-time", "0.6",
          "--min-count", "1", "--only", "pipeline", "--only", "ort_default", "--format", "json",
        ], in: folder)
      #expect(run.exitCode == 0, "\(run.standardError)")
      let result = try run.json()
      let rows = try #require(result["rows"] as? [[String: Any]])
      #expect(rows.map { $0["rate_items_per_s"] as? Double } == [100, 100, 200, 200])
      #expect(Set(rows.compactMap { $0["configuration"] as? String }).count == 2)
      // The same items are due for each configuration at a rate.
      let due = rows.map { ($0["items"] as? Int ?? 0) + ($0["unanswered"] as? Int ?? 0) }
      #expect(due[0] == due[1] && due[2] == due[3] && due[0] > 20 && due[2] > due[0])
      #expect(rows.allSatisfy { $0["arrivals"] as? String == "poisson" })
      #expect(result["winner"] is NSNull)

      // No thread wakes up for each of a hundred thousand items a second.
      let overloaded = try await CommandLineRun(
        [
          "bench", "cut", "--rate", "100000", "--min-time", "0.3", "--only", "pipeline",
          "--format", "json",
        ], in: folder, environment: ["ISOCUT_NULL": "time=busy"])
      let row = try #require((try overloaded.json()["rows"] as? [[String: Any]])?.first)
      #expect(row["status"] as? String == "overloaded")
    }
  }

  @Test("every JSON result says which schema, tool and machine it is of; its keys are documented")
  func heads() async throws {
    let documented = try Self.documentedKeys()
    try await withTemporaryFolder { folder in
      try TestModels.write(TestONNX.chain(4), to: folder + "/chain.onnx")
      for arguments in [
        "partition chain.onnx --stages 2 --backend null --output cut", "verify cut",
        "run cut", "bench cut --only pipeline --min-time 0.1 --min-count 1",
        "bench cut --only pipeline --rate 100 --min-time 0.3 --min-count 1",
        "inspect chain.onnx --backend null", "backends",
      ] {
        let run = try await CommandLineRun(
          arguments.split(separator: " ").map(String.init) + ["--format", "json"], in: folder)
        #expect(run.exitCode == 0, "\(run.standardError)")
        let result = try run.json()
        #expect(result["schema_version"] as? Int == 1, "\(arguments)")
        #expect((result["tool_version"] as? String)?.isEmpty == false, "\(arguments)")
        let machine = try #require(result["environment"] as? [String: Any], "\(arguments)")
        #expect(
          Set(machine.keys).isSuperset(of: [
            "cpu_model", "cores", "governor", "system", "engine", "engine_version", "date",
          ]), "\(arguments)")
        let namesOfTheModel: Set = ["x", "ai.onnx"]
        #expect(
          Self.keys(of: result).subtracting(documented).subtracting(namesOfTheModel) == [],
          "\(arguments)")
      }
    }
  }

  /// All keys of a JSON value, at any depth.
  private static func keys(of value: Any) -> Set<String> {
    switch value {
    case let object as [String: Any]:
      object.values.reduce(Set(object.keys)) { $0.union(keys(of: $1)) }
    case let array as [Any]: array.reduce([]) { $0.union(keys(of: $1)) }
    default: []
    }
  }

  /// What the pages about output name in code style.
  private static func documentedKeys() throws -> Set<String> {
    var keys: Set<String> = []
    for page in ["formats", "bundle"] {
      let text = try String(
        contentsOfFile: PythonPeer.projectFolder + "/docs/\(page).md", encoding: .utf8)
      keys.formUnion(text.matches(of: #/`([a-z0-9_]+)(\[\])?`/#).map { String($0.1) })
    }
    return keys
  }

  @Test(
    "typed twice gives the same plan, but for the date and the seconds; --overwrite replaces it")
  func twice() async throws {
    try await withTemporaryFolder { folder in
      let command = [
        "partition", TestModels.diamond, "--stages", "2", "--backend", "null", "--output", "out",
        "--overwrite",
      ]
      var plans: [String] = []
      for _ in 0..<2 {
        let run = try await CommandLineRun(command, in: folder)
        try #require(run.exitCode == 0, "\(run.standardError)")
        let plan = try String(contentsOfFile: folder + "/out/plan.json", encoding: .utf8)
        plans.append(
          plan.replacing(#/"(date|seconds)" : [^,\n]*/#) { #""\#($0.1)" : null"# })
      }
      #expect(plans[0] == plans[1])
      #expect(plans[0].contains(#""date" : null"#) && plans[0].contains(#""seconds" : null"#))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["out"])
    }
  }

  @Test("inspect shows inputs, outputs and every place to cut")
  func inspect() async throws {
    let run = try await CommandLineRun(
      ["inspect", TestModels.diamond, "--backend", "null", "--format", "json"], in: "/")
    #expect(run.exitCode == 0, "\(run.standardError)")
    let report = try run.json()
    #expect(report["operators"] as? Int == 8)
    #expect(report["operators_that_can_be_cut"] as? Int == 8)
    #expect(report["parameter_bytes"] as? Int == 432)
    let points = try #require(report["cut_points"] as? [[String: Any]])
    #expect(points.count == 7)
    #expect(points.first?["tensors"] as? [String] == ["conv"])
    #expect(points.first?["crossing_bytes"] as? Int == 1024)
  }

  @Test("backends names each backend, and what to type where one is missing")
  func backends() async throws {
    let run = try await CommandLineRun(
      ["backends", "--onnxruntime", "/nowhere.so", "--format", "json"], in: "/")
    #expect(run.exitCode == 0)
    let rows = try #require(try run.json()["backends"] as? [[String: Any]])
    let engine = try #require(rows.first { $0["name"] as? String == "onnxruntime" })
    #expect(engine["available"] as? Bool == false)
    #expect((engine["remedy"] as? String)?.contains("--onnxruntime PATH") == true)
    #expect(rows.first { $0["name"] as? String == "null" }?["available"] as? Bool == true)
  }

  @Test("with ONNX Runtime: a real model in two stages, verified again", .needsONNXRuntime)
  func realModel() async throws {
    try await withTemporaryFolder { folder in
      let partition = try await CommandLineRun(
        [
          "partition", Engine.sample("ch_ppocr_mobile_v2.0_cls_infer"), "--stages", "2",
          "--shape", "x=1,3,48,192", "--budget", "3s", "--output", "cls.isocut", "--format", "json",
        ], in: folder, seconds: 300)
      try #require(partition.exitCode == 0, "\(partition.standardError)")
      let report = try partition.json()
      try checkFields(of: report, stages: 2)
      #expect(report["simulated"] as? Bool == false)
      #expect(report["verified"] as? Bool == true)
      let bottleneck = try #require(report["bottleneck_ms"] as? Double)
      let times = (report["stages"] as? [[String: Any]])?.compactMap {
        $0["measured_ms"] as? Double
      }
      #expect(bottleneck > 0 && times?.max() == bottleneck)

      let verify = try await CommandLineRun(
        ["verify", "cls.isocut", "--format", "json"], in: folder)
      #expect(verify.exitCode == 0, "\(verify.standardError)")
      #expect(try verify.json()["pass"] as? Bool == true)
    }
  }

  /// Fields that scripts rely on; what is not known is null, not absent.
  private func checkFields(of report: [String: Any], stages count: Int) throws {
    for field in [
      "bundle", "backend", "simulated", "stages", "bottleneck_ms", "bottleneck_together_ms",
      "core_bottleneck_ms", "lower_bound_ms", "gap_percent", "certificate",
      "equal_parameters_bottleneck_ms", "verified", "search", "schema_version", "tool_version",
      "model", "prepared_sha256",
    ] { #expect(report.keys.contains(field), "\(field)") }
    #expect(report["schema_version"] as? Int == 1)
    let search = try #require(report["search"] as? [String: Any])
    #expect(
      Set(search.keys).isSuperset(
        of: ["rounds", "compilations", "measurements", "repeats", "reused", "seconds"]))
    let stages = try #require(report["stages"] as? [[String: Any]])
    #expect(stages.count == count)
    for (index, stage) in stages.enumerated() {
      #expect(stage["index"] as? Int == index)
      for field in [
        "file", "operators", "operator_ids", "sha256", "parameter_bytes", "shared_parameter_bytes",
        "input_tensors", "output_tensors", "predicted_ms", "measured_ms", "measured_interval_ms",
        "latency_ms", "measured_together_ms",
      ] { #expect(stage.keys.contains(field), "\(field)") }
      let device = try #require(stage["device"] as? [String: Any])
      #expect(Set(device.keys).isSuperset(of: ["id", "kind", "cpus", "mos", "lanes"]))
      #expect(device["id"] as? String == "cpu:\(index)")
    }
  }

  private func bundleFiles(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder + "/chain.isocut").sorted()
  }
}
