import Foundation
import Testing
import _IsocutTestSupport

@Suite("A full disk") struct FullDiskTests {
  /// A small file system can be mounted in a namespace of the test's own.
  static let canMount: Bool = {
    let words = ["unshare", "-m", "mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", "/mnt"]
    let probe = try? TestProcess(["/usr/bin/env"] + words, error: .nullDevice)
    return probe?.wait() == 0
  }()

  @Test(
    "ends partition with 74, and no bundle is left, not even a part of one",
    .enabled(if: canMount, "mounting a small file system needs root"))
  func partition() async throws {
    try await withTemporaryFolder { folder in
      try TestModels.write(TestModels.large(bytes: 200_000), to: folder + "/large.onnx")
      try FileManager.default.createDirectory(
        atPath: folder + "/small", withIntermediateDirectories: true)
      let run = try await CommandLineRun(
        script: """
          exec unshare -m sh -c 'mount -t tmpfs -o size=64k tmpfs small || exit 99
          "$isocut" partition large.onnx --stages 2 --backend null --output small/out \
          --search equal-parameters
          code=$?; ls -A small; exit $code'
          """, in: folder)
      #expect(run.exitCode == 74, "\(run.standardError)")
      #expect(run.standardOutput.isEmpty)
      #expect(run.standardError.contains("error: cannot write "))
      #expect(run.standardError.contains("No space left on device"))
    }
  }

  @Test(
    "in the temporary folder or the cache ends partition with 74 in plain words",
    .enabled(if: canMount, "mounting a small file system needs root"),
    arguments: ["TMPDIR=$PWD/small", "XDG_CACHE_HOME=$PWD/small"])
  func temporary(variable: String) async throws {
    try await withTemporaryFolder { folder in
      try TestModels.write(TestModels.large(bytes: 200_000), to: folder + "/large.onnx")
      try FileManager.default.createDirectory(
        atPath: folder + "/small", withIntermediateDirectories: true)
      let keeps = variable.hasPrefix("TMPDIR") ? "--no-store" : "--store s.sqlite"
      let run = try await CommandLineRun(
        script: """
          exec unshare -m sh -c 'mount -t tmpfs -o size=64k tmpfs small || exit 99
          export \(variable)
          "$isocut" partition large.onnx --stages 2 --backend null --output out \(keeps)'
          """, in: folder)
      #expect(run.exitCode == 74, "\(run.standardError)")
      #expect(run.standardOutput.isEmpty)
      #expect(run.standardError.contains("because: "))
      #expect(run.standardError.contains("No space left on device\n"), "\(run.standardError)")
      #expect(!run.standardError.contains("Error Domain"), "\(run.standardError)")
      #expect(!FileManager.default.fileExists(atPath: folder + "/out"))
    }
  }

  @Test("behind standard output is no success")
  func standardOutput() async throws {
    let run = try await CommandLineRun(script: #""$isocut" backends > /dev/full"#, in: "/")
    #expect(run.exitCode == 74)
    #expect(
      run.standardError == "error: cannot write the result to standard output\n"
        + "  because: No space left on device\n")
  }
}
