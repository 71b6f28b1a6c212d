import Foundation
import IsocutBackends
import IsocutGraph
import Testing
import _IsocutTestSupport

@Suite struct LibraryTests {
  @Test func aMissingLibraryIsAStateThatSaysWhatToType() throws {
    let availability = ONNXRuntimeBackend(library: "/nowhere/lib.so").availability()
    guard case .unavailable(let reason, let remedy) = availability else {
      Issue.record("a library that does not exist is ready")
      return
    }
    #expect(reason == "no onnxruntime library at /nowhere/lib.so")
    #expect(remedy.contains("scripts/setup"))
    #expect(remedy.contains("--onnxruntime PATH"))
  }

  @Test func aNameWithoutAFolderIsAFileOfTheWorkingFolderAndNotTheSystemsLibrary() {
    #expect(
      ONNXRuntimeBackend(library: "libonnxruntime.so.1").availability().reason
        == "no onnxruntime library at ./libonnxruntime.so.1")
  }

  @Test func aFileThatIsNoLibraryIsBroken() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/libonnxruntime.so"
      try Data("no library".utf8).write(to: URL(fileURLWithPath: path))
      guard case .unavailable(let reason, _) = ONNXRuntimeBackend(library: path).availability()
      else {
        Issue.record("a text file is ready")
        return
      }
      #expect(reason.hasPrefix("\(path) does not load: "))
    }
  }

  @Test func anotherLibraryIsBroken() throws {
    let path = "/lib/x86_64-linux-gnu/libm.so.6"
    try #require(FileManager.default.fileExists(atPath: path))
    #expect(
      ONNXRuntimeBackend(library: path).availability()
        == .unavailable(
          reason: "\(path) does not load: it has no symbol OrtGetApiBase",
          remedy:
            "run scripts/setup, or say where the library is: --onnxruntime PATH, or ISOCUT_ONNXRUNTIME=PATH"
        ))
  }

  @Test func workThatNeedsAMissingLibraryIsUnavailable() throws {
    let backend = ONNXRuntimeBackend(library: "/nowhere/lib.so")
    let error = #expect(throws: IsocutError.self) {
      _ = try backend.open(
        Artifact(backend: "onnxruntime", files: ["x.onnx"], stages: [], options: RunOptions()),
        Placement(cpus: []), inputs: [], outputs: [])
    }
    #expect(error?.code == .unavailable)
    #expect(error?.message.contains("scripts/setup") == true)
  }

  @Test(.needsONNXRuntime) func theLibraryIsReadyAndItsTelemetryOff() throws {
    guard case .ready(let version, let library, _) = ONNXRuntimeBackend().availability() else {
      Issue.record("not ready")
      return
    }
    #expect(version.hasPrefix("1."))
    #expect(library.hasSuffix("libonnxruntime.so"))
    #expect(String(cString: getenv("ORT_DISABLE_TELEMETRY")) == "1")
    // The uploader keeps its queue open once it runs.
    let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
      try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + $0)
    }
    #expect(!open.contains { $0.contains(".onnxruntime") })
  }
}

extension Availability {
  fileprivate var reason: String? {
    if case .unavailable(let reason, _) = self { reason } else { nil }
  }
}
