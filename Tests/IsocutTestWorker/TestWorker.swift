import Foundation
import Glibc
import IsocutBackends
import IsocutGraph
import IsocutProfile
import IsocutWorker

/// A worker whose verbs go wrong in every way an engine can: what the tests of failure run against.
@main
struct TestWorker {
  static func main() async throws {
    if CommandLine.arguments.dropFirst().first == "--search" {
      return try await FixedSearch.run(store: CommandLine.arguments[2])
    }
    if CommandLine.arguments.contains("--banner") {
      print("Welcome to this host!")
      fflush(nil)
    }
    if CommandLine.arguments.dropFirst().first == "--find" {
      return try StoreWriter.find(Array(CommandLine.arguments.dropFirst(2)))
    }
    if CommandLine.arguments.dropFirst().first == "--save" {
      return try StoreWriter.run(Array(CommandLine.arguments.dropFirst(2)))
    }
    var registry = WorkerRegistry()
    registerVerbs(&registry)
    let isReal = ProcessInfo.processInfo.environment["TEST_WORKER_BACKENDS"] == "real"
    ProfileVerbs.register(in: &registry) { isReal ? try $0.make() : FaultyBackend() }
    let version = ProcessInfo.processInfo.environment["TEST_WORKER_VERSION"] ?? "test"
    try WorkerServer.serve(registry, toolVersion: version)
  }

  private static func registerVerbs(_ registry: inout WorkerRegistry) {
    registry.register(WorkerVerb(100, "echo")) { request in
      try WorkerReply(
        request.head(as: [String: Int].self), blobs: request.blobs.map { .bytes($0) })
    }
    registry.register(WorkerVerb(101, "fail")) { _ in
      throw IsocutError(
        .badData, "the stage is wrong",
        cause: IsocutError(.vendorTool, "the tool said no", cause: CancellationError()))
    }
    registry.register(WorkerVerb(102, "signal")) { request in
      _ = write(2, "about to go\n", 12)
      raise(try request.head(as: [String: Int32].self)["number"] ?? SIGSEGV)
      return try WorkerReply([String]())
    }
    registry.register(WorkerVerb(103, "hang")) { _ in
      while true { pause() }
    }
    registry.register(WorkerVerb(104, "eat memory")) { _ in
      var eaten: [[UInt8]] = []
      while true { eaten.append([UInt8](repeating: 1, count: 8 << 20)) }
    }
    registry.register(WorkerVerb(105, "print")) { _ in
      print("a library prints this to standard output")
      fflush(nil)
      return try WorkerReply(["printed": 1])
    }
    registry.register(WorkerVerb(106, "rubbish")) { request in
      // The frames' own descriptor, which only a broken library would find.
      for descriptor in Int32(3)..<16 { _ = write(descriptor, "rubbish, not a frame", 20) }
      return try WorkerReply([String]())
    }
    registry.register(WorkerVerb(107, "exit")) { _ in exit(7) }
    registry.register(WorkerVerb(108, "count")) { request in
      for number in 0..<3 { try request.send(event: WorkerReply(["number": number])) }
      return try WorkerReply(["number": 3])
    }
    registry.register(WorkerVerb(109, "overflow")) { _ in
      try WorkerReply(["depth": deeper(0)])
    }
  }

  private static func deeper(_ depth: Int) -> Int {
    depth < 0
      ? 0
      : withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 4096) {
        $0[0] = UInt8(truncatingIfNeeded: depth)
        return deeper(depth + 1) + Int($0[0])
      }
  }
}
