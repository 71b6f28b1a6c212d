import IsocutBackends
import Synchronization
import Testing

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
    var probe = try DisturbanceProbe(cpus: [cpu])
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

private final class Flag: Sendable {
  let value = Atomic(false)
}
