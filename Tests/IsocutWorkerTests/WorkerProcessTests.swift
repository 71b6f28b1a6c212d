import Foundation
import IsocutGraph
import Synchronization
import Testing
import _IsocutTestSupport

@testable import IsocutWorker

@Suite("A worker process") struct WorkerProcessTests {
  @Test("answers with head and blobs, also those longer than one frame")
  func echoes() async throws {
    let worker = try await TestWorkerCommand.start()
    let long = Data((0..<(3 << 20) + 17).map { UInt8(truncatingIfNeeded: $0 &* 31) })
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try long.write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let answer = try await worker.call(
      .echo, ["a": 1], blobs: [.bytes(Data()), .file(path: file.path), .bytes(Data([7]))],
      timeout: .seconds(120))
    #expect(try answer.head(as: [String: Int].self) == ["a": 1])
    #expect(answer.blobs == [Data(), long, Data([7])])
    await worker.stop()
  }

  @Test("throws a verb's error with its code, message and causes, and lives on")
  func passesErrors() async throws {
    let worker = try await TestWorkerCommand.start()
    let error = await #expect(throws: IsocutError.self) {
      _ = try await worker.call(.fail, [0], timeout: .seconds(120))
    }
    #expect(error?.code == .badData)
    #expect(error?.message == "the stage is wrong")
    let cause = try #require(error?.cause as? IsocutError)
    #expect(cause.code == .vendorTool)
    #expect(cause.message == "the tool said no")
    #expect(cause.cause != nil)
    _ = try await worker.call(.echo, ["a": 1], timeout: .seconds(120))
  }

  @Test(
    "that crashes is a failure with the signal and its last words",
    arguments: [4, 5, 6, 7, 8, 9, 11])
  func reportsSignals(number: Int32) async throws {
    let worker = try await TestWorkerCommand.start()
    let failure = await #expect(throws: WorkerFailure.self) {
      _ = try await worker.call(.signal, ["number": number], timeout: .seconds(120))
    }
    #expect(failure?.reason == .crashed(signal: number))
    #expect(failure?.lastLines == ["about to go"])
  }

  @Test("whose stack overflows has crashed")
  func reportsOverflow() async throws {
    let worker = try await TestWorkerCommand.start()
    let failure = await #expect(throws: WorkerFailure.self) {
      _ = try await worker.call(.overflow, [0], timeout: .seconds(120))
    }
    #expect(failure?.reason == .crashed(signal: 11))
  }

  @Test("that passes its memory limit is out of memory")
  func reportsMemory() async throws {
    let worker = try await TestWorkerCommand.start(limits: WorkerLimits(memoryBytes: 200 << 20))
    let failure = await #expect(throws: WorkerFailure.self) {
      _ = try await worker.call(.eatMemory, [0], timeout: .seconds(120))
    }
    #expect(failure?.reason == .outOfMemory)
  }

  @Test("that hangs is killed at the time limit")
  func killsHangs() async throws {
    let worker = try await TestWorkerCommand.start()
    let failure = await #expect(throws: WorkerFailure.self) {
      _ = try await worker.call(.hang, [0], timeout: .milliseconds(200))
    }
    #expect(failure?.reason == .timedOut(.milliseconds(200)))
  }

  @Test("is killed when its caller's task is cancelled")
  func cancels() async throws {
    let worker = try await TestWorkerCommand.start()
    let task = Task { try await worker.call(.hang, [0], timeout: nil) }
    task.cancel()
    await #expect(throws: CancellationError.self) { _ = try await task.value }
    await #expect(throws: CancellationError.self) {
      _ = try await worker.call(.echo, ["a": 1], timeout: .seconds(5))
    }
  }

  @Test("may print: only frames reach the parent")
  func keepsOutputApart() async throws {
    let worker = try await TestWorkerCommand.start()
    let answer = try await worker.call(.print, [0], timeout: .seconds(120))
    #expect(try answer.head(as: [String: Int].self) == ["printed": 1])
  }

  @Test("that writes rubbish, or ends, is told apart")
  func reportsRubbish() async throws {
    let rubbish = try await TestWorkerCommand.start()
    let failure = await #expect(throws: WorkerFailure.self) {
      _ = try await rubbish.call(.rubbish, [0], timeout: .seconds(120))
    }
    guard case .protocolError(let what) = failure?.reason else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(what.contains("rubbish, not a"))
    let ending = try await TestWorkerCommand.start()
    let ended = await #expect(throws: WorkerFailure.self) {
      _ = try await ending.call(.exit, [0], timeout: .seconds(120))
    }
    #expect(ended?.reason == .ended(status: 7))
  }

  @Test("tells news in order before the answer")
  func sendsEvents() async throws {
    let worker = try await TestWorkerCommand.start()
    let seen = Mutex<[Int]>([])
    let answer = try await worker.call(.count, [0], timeout: .seconds(120)) { event in
      let number = try? event.head(as: [String: Int].self)["number"]
      seen.withLock { $0.append(number ?? -1) }
    }
    #expect(seen.withLock { $0 } == [0, 1, 2])
    #expect(try answer.head(as: [String: Int].self) == ["number": 3])
  }

  @Test("of another version, or behind a log-in text, or that is missing, is a clear error")
  func refusesOthers() async throws {
    let path = try TestWorkerCommand.path()
    let other = await #expect(throws: IsocutError.self) {
      _ = try await WorkerProcess.start(
        WorkerCommandLine(local: ["/usr/bin/env", "TEST_WORKER_VERSION=0.0.9", path]),
        toolVersion: "test")
    }
    #expect(other?.code == .unavailable)
    #expect(other?.message.contains("is isocut 0.0.9, this is test") == true)
    let banner = await #expect(throws: IsocutError.self) {
      _ = try await WorkerProcess.start(
        WorkerCommandLine(parsing: "'\(path)' --banner"), toolVersion: "test")
    }
    #expect(banner?.code == .inputOutput)
    let why = (banner?.cause as? WorkerFailure)?.description ?? ""
    #expect(why.contains("Welcome to this"))
    let missing = await #expect(throws: IsocutError.self) {
      _ = try await WorkerProcess.start(
        WorkerCommandLine(parsing: "no-such-program worker"), toolVersion: "test")
    }
    #expect(missing?.code == .unavailable)
  }

  @Test("reached through another program works, and a lost link is told from a crash")
  func works() async throws {
    let worker = try await WorkerProcess.start(
      WorkerCommandLine(parsing: "env A=1 \(TestWorkerCommand.path())"), toolVersion: "test")
    let crash = await #expect(throws: WorkerFailure.self) {
      _ = try await worker.call(.signal, ["number": 11], timeout: .seconds(120))
    }
    #expect(crash?.reason == .crashed(signal: 11))
    let lost = try await WorkerProcess.start(
      WorkerCommandLine(parsing: TestWorkerCommand.path()), toolVersion: "test")
    let failure = await #expect(throws: WorkerFailure.self) {
      _ = try await lost.call(.signal, ["number": 9], timeout: .seconds(120))
    }
    #expect(failure?.reason == .linkLost("signal 9"))
  }
}

@Suite("The end of a worker") struct ProcessEndTests {
  @Test("is read from the wait status, and from what the kernel did meanwhile")
  func reasons() {
    func reason(_ status: Int32, remote: Bool = false, kernel: Bool = false)
      -> WorkerFailure.Reason
    {
      ProcessEnd(waitStatus: status).reason(isRemote: remote, kernelKilled: kernel)
    }
    #expect(reason(9, kernel: true) == .outOfMemory)
    #expect(reason(9) == .crashed(signal: 9))
    #expect(reason(139 << 8) == .crashed(signal: 11))
    #expect(reason(119 << 8) == .outOfMemory)
    #expect(reason(3 << 8) == .ended(status: 3))
    #expect(reason(11, remote: true) == .linkLost("signal 11"))
    #expect(reason(255 << 8, remote: true) == .linkLost("status 255"))
    #expect(reason(139 << 8, remote: true) == .crashed(signal: 11))
    #expect(reason(1 << 8, remote: true) == .linkLost("status 1"))
    #expect(reason(137 << 8, remote: true) == .linkLost("status 137"))
    #expect(reason(0, remote: true) == .ended(status: 0))
  }

  @Test("that cannot be started leaves no dead child behind")
  func notStarted() async throws {
    for _ in 0..<50 {
      await #expect(throws: (any Error).self) {
        _ = try await WorkerProcess.start(
          WorkerCommandLine(local: ["/dev/null/worker"]), toolVersion: "test")
      }
    }
    // Other tests have a few children that are just being collected.
    let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")
    let children = threads.flatMap { thread in
      ((try? String(contentsOfFile: "/proc/self/task/\(thread)/children", encoding: .utf8)) ?? "")
        .split(separator: " ")
    }
    let dead = children.filter { child in
      let status = try? String(contentsOfFile: "/proc/\(child)/status", encoding: .utf8)
      return status?.contains("State:\tZ") == true
    }
    #expect(dead.count < 50)
  }
}
