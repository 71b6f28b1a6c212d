import Foundation
import IsocutGraph
import Testing

@testable import IsocutBackends

@Suite("Tool process") struct ToolProcessTests {
  private func run(
    _ words: [String], timeout: Duration = .seconds(60), isCancelled: () -> Bool = { false }
  ) throws -> ToolRun {
    try ToolProcess.run(
      words, environment: ["WORD": "given"], timeout: timeout, isCancelled: isCancelled)
  }

  @Test func outputStatusAndErrorsAreKeptApart() throws {
    let run = try run(["/bin/sh", "-c", "echo $WORD \"$1\"; echo bad >&2; exit 3", "sh", "a  b"])
    #expect(run.standardOutput == "given a  b\n")
    #expect(run.standardError == "bad\n")
    #expect(run.end == .exited(3))
  }

  @Test func ofLongOutputTheEndIsKept() throws {
    let run = try run(["/bin/sh", "-c", "seq 2000000; echo last"])
    #expect(run.standardOutput.hasSuffix("2000000\nlast\n"))
    #expect(run.standardOutput.utf8.count <= 8 << 20)
  }

  @Test func aToolThatHangsIsKilledWhenItsTimeIsUp() throws {
    let run = try run(["/bin/sleep", "3600"], timeout: .milliseconds(50))
    #expect(run.end == .timedOut(.milliseconds(50)))
    #expect(run.status == 124)
  }

  @Test func cancellingEndsATool() {
    #expect(throws: CancellationError.self) {
      try run(["/bin/sleep", "3600"], isCancelled: { true })
    }
  }

  @Test func aMissingToolIsUnavailable() {
    let error = #expect(throws: IsocutError.self) { try run(["/nowhere/tool"]) }
    #expect(error?.code == .unavailable)
  }

  @Test func whatAToolStartedEndsWithIt() throws {
    let run = try run(
      ["/bin/sh", "-c", "sleep 3600 & echo $!; wait"], timeout: .milliseconds(300))
    let child = try #require(Int32(run.standardOutput.split(separator: "\n").first ?? ""))
    let deadline = ContinuousClock.now + .seconds(10)
    while isAlive(child), ContinuousClock.now < deadline { sched_yield() }
    #expect(!isAlive(child))
  }

  /// False also for one that is dead until the system's first process collects it.
  private func isAlive(_ process: Int32) -> Bool {
    let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
    let state = text?.split(separator: " ").dropFirst(2).first
    return state != nil && state != "Z" && state != "X"
  }
}
