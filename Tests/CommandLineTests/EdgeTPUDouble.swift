import Foundation
import Testing
import _IsocutTestSupport

/// Runs `isocut` with the doubles of the Edge TPU's tools (`Tests/Doubles/edgetpu`) in place of the
/// real ones, in a folder whose name a shell would stumble over.
struct EdgeTPUDouble {
  /// Where the commands run, and `model.tflite` is.
  let folder: String
  private let library: String
  private static let doubles = PythonPeer.projectFolder + "/Tests/Doubles/edgetpu"

  init(in outer: String, model: String = "mobilenet_v1_0.25_128_quant") async throws {
    folder = outer + "/it's \"here\" $HOME"
    library = outer + "/libedgetpu.so.1"
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: false)
    try FileManager.default.copyItem(
      at: TestData.url("tflite/\(model).tflite"),
      to: URL(fileURLWithPath: folder + "/my model.tflite"))
    let compiled = try await CommandLineRun(
      script: "cc -shared -fPIC -o '\(library)' '\(Self.doubles)'/*.c", in: outer)
    try #require(compiled.exitCode == 0, "\(compiled.standardError)")
  }

  /// - Parameters:
  ///   - devices: of the device library, such as `pci,pci`.
  ///   - mode: what goes wrong in the compiler.
  func isocut(
    _ words: [String], devices: String = "pci,pci,pci", mode: String = "", refusals: Int = 0
  ) async throws -> CommandLineRun {
    try await CommandLineRun(
      words, in: folder,
      environment: [
        "ISOCUT_EDGETPU": library,
        "ISOCUT_EDGETPU_COMPILER": Self.doubles + "/edgetpu_compiler",
        "EDGETPU_DOUBLE_DEVICES": devices, "EDGETPU_DOUBLE": mode,
        "EDGETPU_DOUBLE_REFUSALS": String(refusals),
        "EDGETPU_DOUBLE_TFLITE": Engine.tfliteLibrary,
        "EDGETPU_DOUBLE_LOG": folder + "/../compiled.txt",
      ])
  }

  /// One line for each model compiled.
  var compiled: [String] {
    let text = (try? String(contentsOfFile: folder + "/../compiled.txt", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map(String.init)
  }

  func files(in path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder + "/" + path).sorted()
  }
}
