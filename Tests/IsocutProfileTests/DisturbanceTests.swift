import Foundation
import IsocutBackends
import IsocutGraph
import IsocutWorker
import Synchronization
import Testing
import _IsocutTestSupport

@testable import IsocutProfile

@Suite("Disturbance") struct DisturbanceTests {
  @Test("is a piece that lost its core, or all pieces slower than ever, and nothing less")
  func judges() {
    var best = 100_000.0
    let quiet = Disturbance(pieces: Array(repeating: 102_000, count: 50), best: &best)
    #expect(quiet.isTolerable && quiet.lostShare == 0)
    var pieces = [Int64](repeating: 100_000, count: 50)
    pieces[20] = 4_000_000
    let lost = Disturbance(pieces: pieces, best: &best)
    #expect(!lost.isTolerable && lost.lostShare > 0.4 && lost.slowdown == 0)
    let slow = Disturbance(pieces: Array(repeating: 150_000, count: 50), best: &best)
    #expect(!slow.isTolerable && abs(slow.slowdown - 0.5) < 1e-9)
    #expect(slow.reason.contains("50 % longer"))
    #expect(best == 100_000)
  }

  @Test("is seen by the probe when another thread takes the core")
  func probes() throws {
    let cpu = try #require(CPUAffinity.allowed.first)
    try withTemporaryFolder { folder in
      var probe = try DisturbanceProbe(cpus: [cpu], QuietSpeed(folder: folder))
      let mustStop = Flag()
      let rival = try JoinableThread(name: "rival", cpus: [cpu]) {
        while !mustStop.value.load(ordering: .relaxed) {}
      }
      let looks = try (0..<8).map { _ in try probe.look() }
      mustStop.value.store(true, ordering: .relaxed)
      rival.join()
      #expect((looks.map(\.lostShare).max() ?? 0) > Disturbance.tolerated.lostShare)
      #expect(looks.allSatisfy { (0...1).contains($0.lostShare) && $0.slowdown >= 0 })
    }
  }

  @Test(
    "is seen beside a neighbour that never rests, by a process that was told how fast work can be")
  func remembers() throws {
    let cpu = try #require(CPUAffinity.allowed.first)
    try withTemporaryFolder { folder in
      var first = try DisturbanceProbe(cpus: [cpu], QuietSpeed(folder: folder))
      _ = try first.look()
      let seen = try #require(QuietSpeed(folder: folder)[cpu])
      // As if this core were twice as slow now as an earlier process saw it.
      var earlier = QuietSpeed(folder: folder)
      for _ in 0..<3 { earlier.add(seen / 2, of: cpu) }
      let told = QuietSpeed(folder: folder)
      #expect(abs(try #require(told[cpu]) - seen / 2) < 1e-9 * seen)
      var second = try DisturbanceProbe(cpus: [cpu], told)
      #expect(try second.look().slowdown > 0.3)
    }
  }

  @Test("a speed is kept once it was seen three times, and the lowest of several commands stays")
  func keepsQuietSpeed() throws {
    try withTemporaryFolder { folder in
      var speed = QuietSpeed(folder: folder)
      for ratio in [5, 1, .nan, -3, 4] { speed.add(ratio, of: 0) }
      #expect(speed[0] == 5 && QuietSpeed(folder: folder)[0] == 5)
      var other = QuietSpeed(folder: folder)
      for _ in 0..<3 { speed.add(2, of: 0) }
      #expect(speed[0] == 2)
      for _ in 0..<3 { other.add(3, of: 0) }
      #expect(other[0] == 3 && QuietSpeed(folder: folder)[0] == 2)
      var machine = MachineDescription.current()
      machine.coreKinds = CoreKinds([0: "big", 1: "little"])
      var hybrid = QuietSpeed(folder: folder, machine: machine)
      for _ in 0..<3 { hybrid.add(7, of: 1) }
      #expect(hybrid[0] == nil && hybrid[1] == 7)
      #expect(QuietSpeed(folder: folder, machine: machine)[1] == 7)
      try Data("not JSON".utf8).write(to: URL(fileURLWithPath: folder + "/quiet-speed.json"))
      #expect(QuietSpeed(folder: folder)[0] == nil)
      #expect(QuietSpeed(folder: "/proc/nowhere")[0] == nil)
    }
  }

  @Test("a speed that nobody saw again for a day is forgotten, one that was seen stays")
  func forgetsQuietSpeed() throws {
    try withTemporaryFolder { folder in
      func speed(afterHours hours: Double) -> QuietSpeed {
        QuietSpeed(folder: folder, now: Date(timeIntervalSince1970: 1_800_000_000 + hours * 3_600))
      }
      var first = speed(afterHours: 0)
      for _ in 0..<3 { first.add(4, of: 0) }
      var second = speed(afterHours: 20)
      #expect(second[0] == 4)
      for _ in 0..<3 { second.add(4.02, of: 0) }
      var third = speed(afterHours: 40)
      #expect(third[0] == 4)
      for _ in 0..<100 { third.add(5, of: 0) }
      #expect(third[0] == 4)
      #expect(speed(afterHours: 45)[0] == nil)
    }
  }

  @Test("a core is peeked at once a millisecond") func pauses() throws {
    let cpu = try #require(CPUAffinity.allowed.first)
    try withTemporaryFolder { folder in
      var probe = try DisturbanceProbe(cpus: [cpu], QuietSpeed(folder: folder))
      let begin = MonotonicClock.nanoseconds
      var peeks = 0
      while MonotonicClock.nanoseconds - begin < 20_000_000 {
        if probe.peek(at: cpu) != nil { peeks += 1 }
      }
      let milliseconds = Double(MonotonicClock.nanoseconds - begin) * 1e-6
      #expect(peeks >= 1 && Double(peeks) <= milliseconds + 1)
    }
  }
}

private final class Flag: Sendable {
  let value = Atomic(false)
}
