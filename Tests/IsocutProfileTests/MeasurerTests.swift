import Foundation
import IsocutBackends
import IsocutFormats
import IsocutGraph
import IsocutWorker
import Synchronization
import Testing
import _IsocutTestSupport

@testable import IsocutProfile

/// A folder that is removed with the test.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, to name: String = "stage.onnx") throws -> String {
    let file = "\(path)/\(name)"
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    return file
  }
}

private final class Counter: Sendable {
  let value = Mutex(0)
}

@Suite("The measurer") struct MeasurerTests {
  static let load = Load(
    lanes: [Placement(cpus: [0])], inputs: [], outputs: [], inputPlan: InputPlan())

  static func configuration(
    _ command: WorkerCommandLine? = nil, timeLimit: Duration = .seconds(120)
  ) throws -> Measurer.Configuration {
    try Measurer.Configuration(
      backend: BackendSelection(name: "null"),
      command: command ?? WorkerCommandLine(local: [TestWorkerCommand.path()]),
      limits: WorkerLimits(memoryBytes: 300 << 20), toolVersion: "test", timeLimit: timeLimit)
  }

  static func measure(
    _ measurer: Measurer, _ content: String, in folder: TemporaryFolder
  ) async throws -> StageMeasurement {
    let file = try folder.write(content)
    return try await measurer.measure(stage: "key of \(content)", on: .cpu, RunOptions(), load) {
      [file]
    }
  }

  @Test("records what a stage does to the worker, and goes on with the next stage")
  func survives() async throws {
    let folder = try TemporaryFolder()
    let store = try ProfileStore(path: folder.path + "/profile.sqlite")
    let measurer = Measurer(try Self.configuration(), store: store)
    let expected: [(String, StageMeasurement.Status)] = [
      ("segfault", .crashed), ("abort", .crashed), ("eat memory", .outOfMemory),
      ("rubbish", .failed), ("exit", .failed), ("refuse", .failed), ("unsupported", .unsupported),
      ("lose the link", .crashed), ("print", .good), ("1.5", .good), ("hang", .timedOut),
    ]
    let impatient = Measurer(
      try Self.configuration(timeLimit: .milliseconds(300)), store: store)
    for (content, status) in expected {
      let result = try await Self.measure(
        content == "hang" ? impatient : measurer, content, in: folder)
      #expect(result.status == status, "\(content): \(result)")
      #expect((result.reason == nil) == (status == .good))
      #expect((result.timing == nil) == (status != .good))
    }
    let counts = await measurer.counts
    #expect(counts.measurements == 10 && counts.reused == 0 && counts.failures == 8)
    // Another process, later: nothing is paid again, and the fatal stages are not tried again.
    let later = Measurer(
      try Self.configuration(WorkerCommandLine(local: ["/dev/null/worker"])),
      store: try ProfileStore(path: store.path))
    for (content, status) in expected where content != "hang" {
      #expect(try await Self.measure(later, content, in: folder).status == status)
    }
    #expect(await later.counts.reused == 10)
    #expect(await later.counts.measurements == 0)
    // What a limit ended is known for this limit only.
    let asImpatient = Measurer(
      try Self.configuration(
        WorkerCommandLine(local: ["/dev/null/worker"]), timeLimit: .milliseconds(300)),
      store: try ProfileStore(path: store.path))
    #expect(try await Self.measure(asImpatient, "hang", in: folder).status == .timedOut)
    await #expect(throws: IsocutError.self) {
      _ = try await Self.measure(later, "hang", in: folder)
    }
  }

  @Test("gives median, latency, interval and the reason it ended, the same every time")
  func figures() async throws {
    let folder = try TemporaryFolder()
    var configuration = try Self.configuration()
    configuration.keepsSamples = true
    let measurer = Measurer(configuration, store: nil)
    var load = Self.load
    load.lanes = [Placement(cpus: [0]), Placement(cpus: [1])]
    let file = try folder.write("4")
    let first = try await measurer.measure(stage: "a", on: .cpu, RunOptions(), load) { [file] }
    let timing = try #require(first.timing)
    #expect(timing.interval.median == 2 && timing.interval.low == 2 && timing.interval.high == 2)
    #expect(timing.latencyMilliseconds == 4)
    #expect(timing.samples == Array(repeating: 2, count: timing.interval.count))
    #expect(timing.endedBy == .intervalReached)
    #expect(timing.warmUpCount > 0 && timing.interval.count >= 30)
    let second = try await measurer.measure(stage: "a", on: .cpu, RunOptions(), load) { [file] }
    #expect(second.timing?.interval == timing.interval)
    #expect(await measurer.counts.measurements == 2)
  }

  @Test("leaves no stage files behind, also after a crash")
  func cleansUp() async throws {
    let temporary = FileManager.default.temporaryDirectory.path
    func folders(of process: Int32) throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: temporary).filter {
        $0.hasPrefix("isocut-work-\(process)-")
      }
    }
    let folder = try TemporaryFolder()
    let measurer = Measurer(try Self.configuration(), store: nil)
    _ = try await Self.measure(measurer, "1", in: folder)
    let process = try #require(await measurer.worker?.hello.processID)
    #expect(try folders(of: process) == [])
    #expect(try await Self.measure(measurer, "segfault", in: folder).status == .crashed)
    #expect(try folders(of: process) == [])
  }

  @Test("never measures two stages at once, and asks for files only when it must")
  func oneAtATime() async throws {
    let folder = try TemporaryFolder()
    let store = try ProfileStore(path: folder.path + "/profile.sqlite")
    let measurer = Measurer(try Self.configuration(), store: store)
    let file = try folder.write("1")
    let asked = Counter()
    try await withThrowingTaskGroup(of: StageMeasurement.self) { group in
      for _ in 0..<8 {
        group.addTask {
          try await measurer.measure(stage: "same", on: .cpu, RunOptions(), Self.load) {
            asked.value.withLock { $0 += 1 }
            return [file]
          }
        }
      }
      for try await result in group { #expect(result.status == .good) }
    }
    #expect(asked.value.withLock { $0 } == 1)
    let counts = await measurer.counts
    #expect(counts.measurements == 1 && counts.reused == 7)
  }

  @Test(
    "prepares in the worker: the engine's own error comes back, a crash is an error of the model")
  func prepares() async throws {
    let measurer = Measurer(try Self.configuration(), store: nil)
    let usage = await #expect(throws: IsocutError.self) {
      _ = try await measurer.prepare(PrepareRequest(modelPath: "dynamic"), in: "/nowhere")
    }
    #expect(usage?.code == .usage)
    let crash = await #expect(throws: IsocutError.self) {
      _ = try await measurer.prepare(PrepareRequest(modelPath: "segfault"), in: "/nowhere")
    }
    #expect(crash?.code == .badData)
    #expect(crash?.message.contains("crashed with signal 11") == true)
  }

  @Test("a remote worker's dead link is an error with what to do, and nothing is lost")
  func deadLink() async throws {
    let folder = try TemporaryFolder()
    let store = try ProfileStore(path: folder.path + "/profile.sqlite")
    let remote = try WorkerCommandLine(parsing: "env A=1 \(TestWorkerCommand.path())")
    let measurer = Measurer(try Self.configuration(remote), store: store)
    #expect(try await Self.measure(measurer, "1", in: folder).status == .good)
    #expect(try await Self.measure(measurer, "segfault", in: folder).status == .crashed)
    let error = await #expect(throws: IsocutError.self) {
      _ = try await Self.measure(measurer, "lose the link", in: folder)
    }
    #expect(error?.code == .inputOutput)
    #expect(error?.message.contains("give the same command again") == true)
    #expect(try await Self.measure(measurer, "2", in: folder).status == .good)
    #expect(try store.list().count == 3)
  }

  @Test("measures the same stages together once a run, and finds it in the next")
  func severalStages() async throws {
    let folder = try TemporaryFolder()
    let store = try ProfileStore(path: folder.path + "/profile.sqlite")
    let rule = SeveralStages.Rule(windowSeconds: 0.01, windowCount: 4)
    func run(_ contents: [String]) async throws -> (first: [[Double]], Measurer.Counts) {
      let measurer = Measurer(try Self.configuration(), store: store)
      let stages = try contents.enumerated().map { index, text in
        let lane = Placement(cpus: [index])
        var load = Self.load
        load.lanes = [lane]
        return (
          files: [try folder.write(text, to: "stage\(index)-\(text).onnx")], options: RunOptions(),
          load: load
        )
      }
      let first = try await measurer.measureSeveral(stages, .inTurns, rule)
      let second = try await measurer.measureSeveral(stages, .inTurns, rule)
      #expect(second == first)  // made-up times
      return (first.medians, await measurer.counts)
    }
    let (figures, paid) = try await run(["1", "2"])
    #expect(paid.measurements == 2 && paid.compilations == 2)
    #expect(paid.repeats == 2 && paid.reused == 0)
    let (again, reused) = try await run(["1", "2"])
    #expect(again == figures)
    #expect(reused.measurements == 0 && reused.compilations == 0 && reused.reused == 4)
    let (_, other) = try await run(["1", "3"])
    #expect(other.measurements == 2 && other.repeats == 2)
  }

  @Test("finds a profile of operators again, unless inputs or level differ")
  func profiles() async throws {
    let folder = try TemporaryFolder()
    let store = try ProfileStore(path: folder.path + "/profile.sqlite")
    let model = PreparedModel(
      path: folder.path + "/prepared.onnx", sha256: "ab", format: .onnx, isFolded: false,
      isDynamic: false, inputs: [TensorSpec(name: "x", elementType: .float32, shape: [2])],
      outputs: [], tensors: [:], pinned: [:], notes: [])
    func paid(_ level: RunOptions.OptimizationLevel, _ inputs: InputPlan) async throws -> Int {
      let measurer = Measurer(try Self.configuration(), store: store)
      let costs = try await measurer.firstCosts(
        model, RunOptions(optimizationLevel: level), inputs: inputs, on: [0])
      #expect(costs == nil)  // the faulty backend knows none, which is an answer
      return await measurer.counts.measurements
    }
    #expect(try await paid(.all, InputPlan()) == 1)
    #expect(try await paid(.all, InputPlan()) == 0)
    #expect(try await paid(.basic, InputPlan()) == 1)
    #expect(try await paid(.all, InputPlan(seed: 1)) == 1)
    #expect(try await paid(.all, InputPlan(values: ["y": 1])) == 0)
    #expect(try await paid(.all, InputPlan(values: ["x": 1])) == 1)
    // A file counts by what it holds.
    let raw = Data(repeating: 0, count: 8)
    for (name, expected) in [("a.raw", 1), ("b.raw", 0)] {
      let path = folder.path + "/" + name
      try raw.write(to: URL(fileURLWithPath: path))
      #expect(try await paid(.all, InputPlan(files: ["x": path + ":float32:2"])) == expected)
    }
  }

  @Test("prepares a model once for all commands that keep results")
  func preparesOnce() async throws {
    let folder = try TemporaryFolder()
    let cache = PreparedModelCache(folder: folder.path + "/prepared")
    func prepare(_ command: String) async throws -> PreparedModel {
      var configuration = try Self.configuration(
        WorkerCommandLine(local: ["/usr/bin/env", "TEST_WORKER_BACKENDS=real", command]))
      configuration.backend = BackendSelection(name: "null")
      let measurer = Measurer(configuration, store: nil, preparedModels: cache)
      return try await measurer.prepare(
        PrepareRequest(modelPath: PythonPeer.projectFolder + "/Tests/Fixtures/diamond.onnx"),
        modelSHA256: "ab", in: folder.path)
    }
    let first = try await prepare(TestWorkerCommand.path())
    #expect(first.path.hasPrefix(folder.path + "/prepared/"))
    #expect(try await prepare("/nonexistent") == first)
  }
}
