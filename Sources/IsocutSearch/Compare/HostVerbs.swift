import Foundation
import IsocutBackends
import IsocutGraph
package import IsocutWorker
import Synchronization

/// What a worker process can do for comparisons: load works, run them in windows, verify a bundle.
package enum HostVerbs {
  static let open = WorkerVerb(0x101, "host.open")
  static let window = WorkerVerb(0x102, "host.window")
  static let report = WorkerVerb(0x103, "host.report")
  static let verify = WorkerVerb(0x104, "verify")
  static let run = WorkerVerb(0x105, "run")

  struct OpenRequest: Codable, Sendable {
    var backend: BackendSelection
    var inputPlan: InputPlan
    var work: HostedWork
  }

  struct Opened: Codable, Sendable {
    /// Names the work in later requests.
    var handle: Int
    var loadMilliseconds: Double
    var firstRunMilliseconds: Double
  }

  struct WindowRequest: Codable, Sendable {
    var handle: Int
    var length: WindowLength
    /// True runs the stages of a pipeline all at the same time without linking them.
    var isUnlinked: Bool
  }

  /// Windows of one work; one for each stage where a pipeline runs unlinked.
  struct Windows: Codable, Sendable {
    var windows: [Window]
  }

  struct ReportRequest: Codable, Sendable {}

  struct Report: Codable, Sendable {
    var peakMemoryMebibytes: Double
  }

  /// Adds the verbs. The works that a worker has loaded live as long as the process.
  package static func register(in registry: inout WorkerRegistry) {
    let hosts = Mutex<[Host]>([])
    registry.register(open) { request in
      let sender = request
      let request = try request.head(as: OpenRequest.self)
      let start = MonotonicClock.nanoseconds
      let host = try Host(request) { sender.tell($0) }
      let loaded = MonotonicClock.nanoseconds
      sender.tell(request.work.running)
      let first = try host.window(WindowLength(minimumSeconds: 0), isUnlinked: false)
      let handle = hosts.withLock { hosts in
        hosts.append(host)
        return hosts.count - 1
      }
      return try WorkerReply(
        Opened(
          handle: handle, loadMilliseconds: Double(loaded - start) * 1e-6,
          firstRunMilliseconds: first.first?.latencies.first ?? 0))
    }
    registry.register(window) { request in
      let request = try request.head(as: WindowRequest.self)
      guard
        let host = hosts.withLock({ $0.indices.contains(request.handle) ? $0[request.handle] : nil }
        )
      else { throw IsocutError(.internalError, "there is no work \(request.handle)") }
      return try WorkerReply(
        Windows(windows: try host.window(request.length, isUnlinked: request.isUnlinked)))
    }
    registry.register(report) { _ in
      try WorkerReply(Report(peakMemoryMebibytes: ProcessMemory.peakMebibytes))
    }
    registry.register(run) { request in
      let outputs = try request.head(as: BundleRun.self).run { request.tell($0) }
      return try WorkerReply(outputs.map(\.count), blobs: outputs.map(WorkerBlob.bytes))
    }
    registry.register(verify) { request in
      let verification = Verification(
        request: try request.head(as: VerifyRequest.self), doing: { request.tell($0) })
      return try WorkerReply(try verification.run())
    }
  }

  /// One loaded work. Requests come one at a time, in the worker's request thread.
  private struct Host: @unchecked Sendable {
    // Owned by the request thread: verbs are never run at the same time.
    private let pipeline: PipelineHost?
    private let loops: LoopHost?

    init(_ request: OpenRequest, doing: (HostActivity) -> Void) throws {
      let backend = try request.backend.make()
      switch request.work {
      case .pipeline(let work):
        pipeline = try PipelineHost(
          work, backend: backend, inputPlan: request.inputPlan, doing: doing)
        loops = nil
      case .callers(let work):
        doing(HostActivity("loading the whole model"))
        pipeline = nil
        loops = try LoopHost(work, backend: backend, inputPlan: request.inputPlan)
      }
    }

    func window(_ length: WindowLength, isUnlinked: Bool) throws -> [Window] {
      if let pipeline {
        return isUnlinked
          ? try pipeline.unlinkedWindows(length) : [try pipeline.window(length)]
      }
      return try loops.map { [try $0.window(length)] } ?? []
    }
  }
}

/// Memory of this process as the kernel counts it.
enum ProcessMemory {
  /// The high-water mark of resident memory (VmHWM of /proc/self/status), in MiB; 0 if unknown.
  static var peakMebibytes: Double {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
      let kibibytes = Double(
        line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first ?? "")
    else { return 0 }
    return kibibytes / 1024
  }
}
