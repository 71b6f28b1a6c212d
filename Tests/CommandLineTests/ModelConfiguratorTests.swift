import Foundation
import Testing
import _IsocutTestSupport

/// `isocut model-configurator -list-configs` as typed.
@Suite("Model configurator, listing") struct ModelConfiguratorListingTests {
  private func list(_ words: String, in folder: String = "/") async throws -> CommandLineRun {
    try await CommandLineRun(
      ["model-configurator"] + words.split(separator: " ").map(String.init), in: folder)
  }

  @Test("prints the rows of the vendor's page for its command, and needs no model and no card")
  func documentedCommand() async throws {
    let run = try await list(
      """
      MODEL onnx -iter 5000 -list-configs -batchsize 1 -cores 15 -mos 1,2,4,8 -ols 2,4 -instance \
      1,2 -input-list-generate -image-dir ./inputFiles -width 224 -height 224 -reuse-single-file \
      -enable-single-device-partitioning
      """)
    #expect(run.exitCode == 0)
    #expect(run.standardError.isEmpty)
    expectSnapshot(run.standardOutput, named: "aic100/listing-15-cores")
  }

  @Test("takes both dialects")
  func dialects() async throws {
    let older = try await list("m.onnx onnx -list-configs -cores 8 -mos 4,1")
    let newer = try await list("--model=m.onnx --list-configs --cores=8 --mos=4,1")
    #expect(older.exitCode == 0)
    #expect(older.standardOutput == newer.standardOutput)
    #expect(older.standardOutput.split(separator: "\n").count == 3)
  }

  @Test("saves configurations that it loads again")
  func savedConfigurations() async throws {
    try await withTemporaryFolder { folder in
      let saved = try await list(
        """
        m.onnx onnx -list-configs -cores 14 -mos 1,2 -enable-single-device-partitioning -nsps 14 \
        -save-config rows.csv
        """, in: folder)
      let loaded = try await list("m.onnx onnx -list-configs -load-configs rows.csv", in: folder)
      #expect(saved.exitCode == 0)
      #expect(saved.standardOutput == loaded.standardOutput)
    }
  }

  @Test("one dash before help is enough", arguments: ["-help", "-h", "--help"])
  func help(word: String) async throws {
    let run = try await list("m.onnx onnx " + word)
    #expect(run.exitCode == 0)
    expectSnapshot(run.standardOutput, named: "command-line/help-model-configurator")
  }
}
