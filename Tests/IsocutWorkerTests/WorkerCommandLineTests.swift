import Testing

@testable import IsocutWorker

@Suite("A worker command") struct WorkerCommandLineTests {
  @Test("is split by quotes and backslashes and nothing else")
  func words() throws {
    let command = try WorkerCommandLine(
      parsing: #"ssh  pi 'a b' "c \"d\" \$x" e\ f '' $HOME;ls"#)
    #expect(command.words == ["ssh", "pi", "a b", #"c "d" \$x"#, "e f", "", "$HOME;ls"])
    #expect(command.isRemote)
    #expect(throws: (any Error).self) { try WorkerCommandLine(parsing: "ssh 'pi") }
    #expect(throws: (any Error).self) { try WorkerCommandLine(parsing: "  ") }
    #expect(throws: (any Error).self) { try WorkerCommandLine(parsing: "ssh \\") }
  }
}
