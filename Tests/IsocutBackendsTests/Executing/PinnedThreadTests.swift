import Foundation
import IsocutBackends
import IsocutGraph
import Synchronization
import Testing

@Suite struct PinnedThreadTests {
  @Test func aThreadRunsOnItsCoreUnderItsNameUntilJoined() throws {
    let core = try #require(CPUAffinity.allowed.last)
    let seen = Mutex<(cpus: [Int], name: String)>(([], ""))
    let thread = try PinnedThread(name: "isocut-test-1", cpus: [core]) {
      let name = (try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)) ?? ""
      seen.withLock { $0 = (CPUAffinity.allowed, name) }
    }
    thread.join()
    #expect(seen.withLock { $0.cpus } == [core])
  }

  @Test func aCoreThatDoesNotExistIsRefused() {
    let error = #expect(throws: IsocutError.self) {
      try PinnedThread(name: "nowhere", cpus: [4000]) {}.join()
    }
    #expect(error?.code == .infeasible)
    #expect(error?.message.contains("core 4000") == true)
  }

  @Test func pinningEndsWithItsBody() throws {
    let before = CPUAffinity.allowed
    let core = try #require(before.first)
    try CPUAffinity.withCurrentThreadPinned(to: [core]) { #expect(CPUAffinity.allowed == [core]) }
    #expect(CPUAffinity.allowed == before)
  }
}
