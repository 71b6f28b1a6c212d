import Foundation
import Testing
import _IsocutTestSupport

/// Runs `isocut` with the doubles of the Edge TPU's tools (`Tests/Doubles/edgetpu`) in place of the
/// real ones, in a folder whose name a shell would stumble over.
struct EdgeTPUDouble {
  /// Where the commands run, and `my model.tflite` is.
  let folder: String
  private let outer: String
  private let library: String

  /// - Parameter model: the name of one of the tests' models.
  init(in outer: String, model: String = "mobilenet_v1_0.25_128_quant") async throws {
    let path = try #require(TFLiteSample.path(model))
    try await self.init(in: outer, model: try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// - Parameter model: the bytes of a model.
  init(in outer: String, model: some DataProtocol) async throws {
    self.outer = outer
    folder = outer + "/it's \"here\" $HOME"
    library = try EdgeTPUTools.library()
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: false)
    try Data(model).write(to: URL(fileURLWithPath: folder + "/my model.tflite"))
  }

  /// - Parameters:
  ///   - devices: of the device library, such as `pci,pci`.
  ///   - mode: what goes wrong in the compiler.
  ///   - variables: others of the doubles, without `EDGETPU_DOUBLE_`.
  func isocut(
    _ words: [String], devices: String = "pci,pci,pci", mode: String = "",
    _ variables: [String: String] = [:], environment: [String: String] = [:]
  ) async throws -> CommandLineRun {
    var all = self.environment(devices: devices).merging(environment) { $1 }
    all["EDGETPU_DOUBLE"] = mode
    for (name, value) in variables { all["EDGETPU_DOUBLE_" + name] = value }
    return try await CommandLineRun(words, in: folder, environment: all)
  }

  /// Cuts the model into `out`, each measurement as short as can be.
  func cut(
    _ segments: Int, _ more: [String] = [], devices: String? = nil, mode: String = "",
    _ variables: [String: String] = [:], environment: [String: String] = [:]
  ) async throws -> CommandLineRun {
    try await isocut(
      [
        "partition-with-profiling", "--model_path=my model.tflite", "--output_dir=out",
        "--num_segments=\(segments)", "--runs=3", "--format=json",
      ] + more,
      devices: devices ?? Array(repeating: "pci", count: segments).joined(separator: ","),
      mode: mode, variables, environment: environment)
  }

  static let bundle = "out/my model.isocut"

  /// The bundle's stages run on the doubles of the devices, beside the whole model on the CPU.
  ///
  /// - Parameter isSensitive: whether the outputs are to depend on the inputs tried.
  func expectBitExact(
    devices: String, isSensitive: Bool = true, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let verify = try await isocut(["verify", Self.bundle, "--format", "json"], devices: devices)
    #expect(verify.exitCode == 0, "\(verify.standardError)", sourceLocation: sourceLocation)
    #expect(try verify.json()["bit_exact"] as? Bool == true, sourceLocation: sourceLocation)
    #expect(
      try verify.json()["input_sensitive"] as? Bool == isSensitive, sourceLocation: sourceLocation)
  }

  /// What a command gets to find the doubles.
  func environment(devices: String) -> [String: String] {
    [
      "ISOCUT_EDGETPU": library, "ISOCUT_EDGETPU_COMPILER": EdgeTPUTools.compiler,
      "EDGETPU_DOUBLE_DEVICES": devices, "EDGETPU_DOUBLE_TFLITE": Engine.tfliteLibrary,
      "EDGETPU_DOUBLE_LOG": outer + "/compiled.txt",
      "EDGETPU_DOUBLE_DEVICE_LOG": outer + "/opened.txt",
    ]
  }

  /// Removes a log of the doubles.
  func forget(_ log: String) { try? FileManager.default.removeItem(atPath: outer + "/" + log) }

  /// One line for each run of the compiler.
  var compiled: [String] { lines("compiled.txt") }

  /// The devices opened, in order.
  var opened: [String] { lines("opened.txt") }

  private func lines(_ file: String) -> [String] {
    let text = (try? String(contentsOfFile: outer + "/" + file, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map(String.init)
  }

  func files(in path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder + "/" + path).sorted()
  }
}

extension CommandLineRun {
  /// The report's stages.
  func stages() throws -> [[String: Any]] { try #require(try json()["stages"] as? [[String: Any]]) }

  func notes() throws -> [String] { try #require(try json()["notes"] as? [String]) }

  /// The ids of the stages' devices.
  func devices() throws -> [String] {
    try stages().compactMap { ($0["device"] as? [String: Any])?["id"] as? String }
  }
}
