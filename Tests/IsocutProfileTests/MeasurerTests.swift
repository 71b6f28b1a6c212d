import Foundation
import IsocutBackends
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
    _ command: WorkerCommandLine? = nil, timeLimit: Duration = .seconds(20)
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
      try Self.configuration(WorkerCommandLine(local: ["/nonexistent"])),
      store: try ProfileStore(path: store.path))
    for (content, status) in expected {
      #expect(try await Self.measure(later, content, in: folder).status == status)
    }
    #expect(await later.counts.reused == 11)
    #expect(await later.counts.measurements == 0)
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
}
