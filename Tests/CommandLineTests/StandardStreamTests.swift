import Foundation
import Testing
import _IsocutTestSupport

@Suite("Closed standard streams") struct StandardStreamTests {
  @Test("are an error at the end, and no file takes their place")
  func closed() async throws {
    try await withTemporaryFolder { folder in
      try TestModels.write(TestONNX.chain(4), to: folder + "/chain.onnx")
      let run = try await CommandLineRun(
        script: """
          "$isocut" partition chain.onnx --stages 2 --backend null --output cut --store s.sqlite \
            --format json <&- >&- 2>&-
          echo $?
          grep -rl '"lower_bound_ms": ' . --exclude-dir=cut || echo "in no file"
          "$isocut" profile list --store s.sqlite >list || echo "the store is broken"
          """, in: folder)
      #expect(run.standardOutput == "74\nin no file\n")
      #expect(run.standardError.isEmpty)
    }
  }
}
