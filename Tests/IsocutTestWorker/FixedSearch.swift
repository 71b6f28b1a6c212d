import Foundation
import Glibc
import IsocutBackends
import IsocutGraph
import IsocutProfile
import IsocutWorker

/// `--search STORE`: measures twelve stages of made-up length, one after the other, as a search does,
/// and writes a line for each; the last line says how many were measured and how many reused.
enum FixedSearch {
  static func run(store path: String) async throws {
    let measurer = Measurer(
      Measurer.Configuration(
        backend: BackendSelection(name: "null"),
        command: WorkerCommandLine(local: ["/proc/self/exe"]),
        toolVersion: "test",
        rule: MeasuringRule(
          minimumSeconds: 0.01, minimumCount: 6, maximumSeconds: 0.1, maximumWarmUpSeconds: 0.01)),
      store: try ProfileStore(path: path))
    let folder = path + ".stages-\(getpid())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for number in 0..<12 {
      let result = try await measurer.measure(
        stage: "stage \(number)", on: .cpu, RunOptions(),
        Load(lanes: [Placement(cpus: [])], inputs: [], outputs: [], inputPlan: InputPlan())
      ) {
        let file = "\(folder)/stage.onnx"
        try Data("paced \(1 + number % 4)".utf8).write(to: URL(fileURLWithPath: file))
        return [file]
      }
      say("\(number) \(result.medianMilliseconds ?? -1)")
    }
    let counts = await measurer.counts
    say("measured \(counts.measurements) reused \(counts.reused)")
    await measurer.stop()
  }

  private static func say(_ line: String) {
    let text = line + "\n"
    _ = text.utf8CString.withUnsafeBytes { write(1, $0.baseAddress, $0.count - 1) }
  }
}
