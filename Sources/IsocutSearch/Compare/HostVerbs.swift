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
    /// What keeps the work busy.
    enum Load: Codable, Sendable {
      /// The next item as soon as there is room.
      case closed(WindowLength)
      /// The same for each stage of a pipeline, all at the same time, without linking them.
      case unlinked(WindowLength)
      /// Items when they are due.
      case open(ArrivalWindow)
    }

    var handle: Int
    var load: Load
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
      let first = try host.windows(.closed(WindowLength(minimumSeconds: 0)))
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
      return try WorkerReply(Windows(windows: try host.windows(request.load)))
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

    func windows(_ load: WindowRequest.Load) throws -> [Window] {
      switch (load, pipeline, loops) {
      case (.closed(let length), let pipeline?, _): [try pipeline.window(length)]
      case (.unlinked(let length), let pipeline?, _): try pipeline.unlinkedWindows(length)
      case (.open(let load), let pipeline?, _): [try pipeline.window(load)]
      case (.closed(let length), _, let loops?), (.unlinked(let length), _, let loops?):
        [try loops.window(length)]
      case (.open(let load), _, let loops?): [try loops.window(load)]
      case (_, nil, nil): []
      }
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
