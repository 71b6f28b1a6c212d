import Foundation
import Glibc
import Synchronization
import Testing
import _IsocutTestSupport

@testable import IsocutProfile

@Suite("Processes that share a store") struct KilledWriterTests {
  private func start(_ arguments: String...) throws -> (TestProcess, FileHandle) {
    let output = TestProcess.pipe()
    let process = try TestProcess(
      [TestWorkerCommand.path()] + arguments, output: output.fileHandleForWriting)
    try output.fileHandleForWriting.close()
    return (process, output.fileHandleForReading)
  }

  @Test("lose nothing that was saved when they are killed at any moment")
  func killed() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/profile.sqlite"
    var noise = Noise(seed: 11)
    var expected: Set<String> = []
    for round in 0..<12 {
      let (process, output) = try start("--save", path, "round\(round)", "1000000")
      let (rival, rivalOutput) = try start("--save", path, "rival\(round)", "20")
      var lines = 0
      let enough = Int(noise.uniform() * 60)
      var text = Data()
      while lines < enough {
        let part = output.availableData
        guard !part.isEmpty else { break }
        text += part
        lines = text.count { $0 == UInt8(ascii: "\n") }
      }
      process.kill()
      _ = process.wait()
      text += output.readDataToEndOfFile()
      _ = rivalOutput.readDataToEndOfFile()
      #expect(rival.wait() == 0)
      for number in String(decoding: text, as: UTF8.self).split(separator: "\n") {
        expected.insert("round\(round)-\(number)")
      }
      expected.formUnion((0..<20).map { "rival\(round)-\($0)" })
    }
    let store = try ProfileStore(path: path)
    #expect(store.notices.isEmpty)
    let found = Set(try store.list().map(\.key.stage))
    #expect(expected.subtracting(found).isEmpty)
    // At most the one that was being saved when each was killed.
    #expect(found.subtracting(expected).count <= 12)
  }

  @Test("wait for each other: no lost row, no lock error")
  func together() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/profile.sqlite"
    let length = LongTests.areOn ? "60s" : "1s"
    let writers = try (0..<4).map { try start("--save", path, "writer\($0)", length) }
    // Read at the same time: a full pipe would hold a writer.
    let outputs = writers.map { _, output in Output(output) }
    var saved = 0
    for ((process, _), output) in zip(writers, outputs) {
      saved += lines(output.wait()).count
      #expect(process.wait() == 0)
    }
    let store = try ProfileStore(path: path)
    #expect(saved > 0)
    #expect(try store.count() == saved)
    #expect(try store.count(StoreSelection(stagePrefix: "writer3-")) > 0)
  }

  /// All that a process writes, read in a thread of its own.
  private final class Output: Sendable {
    private let data = Mutex(Data())
    private let ended = DispatchSemaphore(value: 0)

    init(_ handle: FileHandle) {
      Thread { [self] in
        let all = handle.readDataToEndOfFile()
        data.withLock { $0 = all }
        ended.signal()
      }.start()
    }

    func wait() -> Data {
      ended.wait()
      return data.withLock { $0 }
    }
  }

  @Test("go on where a killed search ended: nothing measured is measured again")
  func search() throws {
    let folder = try TemporaryFolder()
    let (undisturbed, undisturbedOutput) = try start("--search", folder.path + "/whole.sqlite")
    let whole = lines(undisturbedOutput.readDataToEndOfFile())
    #expect(undisturbed.wait() == 0)
    #expect(whole.last == "measured 12 reused 0")

    var noise = Noise(seed: 23)
    var killed = 0
    var store = 0
    var finished = 0
    while killed < Self.kills {
      let (process, output) = try start("--search", "\(folder.path)/\(store).sqlite")
      usleep(UInt32(20_000 + noise.uniform() * 200_000))
      process.kill()
      let exitCode = process.wait()
      // The worker dies with its parent, or its end of the pipe would keep this from returning.
      let seen = lines(output.readDataToEndOfFile())
      if exitCode >= 0 {
        check(seen, against: whole, finished: finished)
        (store, finished) = (store + 1, 0)
      } else {
        killed += 1
        #expect(whole.prefix(min(12, seen.count)) == seen.prefix(12))
        finished = max(finished, min(12, seen.count))
      }
    }
    let (last, output) = try start("--search", "\(folder.path)/\(store).sqlite")
    check(lines(output.readDataToEndOfFile()), against: whole, finished: finished)
    #expect(last.wait() == 0)
  }

  /// `scripts/kill-search` asks for more.
  private static let kills =
    ProcessInfo.processInfo.environment["ISOCUT_KILLS"].flatMap { Int($0) } ?? 8

  /// The same results as a search that nobody killed, and none of the finished ones paid again.
  private func check(_ final: [String], against whole: [String], finished: Int) {
    #expect(final.dropLast() == whole.dropLast())
    let reused = final.last?.split(separator: " ").last.flatMap { Int($0) } ?? -1
    #expect(reused >= finished)
  }

  private func lines(_ data: Data) -> [String] {
    String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
