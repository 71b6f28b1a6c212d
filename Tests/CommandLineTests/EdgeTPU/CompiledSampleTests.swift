import Foundation
import IsocutFormats
import IsocutGraph
import Testing
import _IsocutTestSupport

/// Three segments that the vendor's own compiler made of an SSD detector: the first makes a tensor
/// that only the third reads, which also has operators for the CPU.
///
/// What the vendor compiled runs on no CPU, so the double makes up the outputs of its operators from
/// all bytes of the inputs: the pipeline must give what the segments give one after the other.
@Suite("Segments of the vendor's compiler", .serialized, .needsTFLite) struct CompiledSampleTests {
  private static let names = (0..<3).map {
    "ssd_mobilenet_v2_coco_quant_postprocess_segment_\($0)_of_3_edgetpu"
  }

  /// Reads what a file takes and returns.
  private static func boundary(
    of file: String
  ) throws -> (inputs: [TensorSpec], outputs: [TensorSpec]) {
    let graph = try TFLiteModel(file: TFLiteFile(path: file)).graph
    func spec(_ index: TensorIndex) throws -> TensorSpec {
      let tensor = graph.tensors[index]
      return TensorSpec(
        name: tensor.name, elementType: try #require(tensor.type.element),
        shape: try #require(tensor.type.fixedShape))
    }
    return (try graph.inputs.map(spec), try graph.outputTensors.map(spec))
  }

  /// A bundle of segments as they are.
  private static func write(_ names: [String], to folder: String) throws {
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: false)
    var stages: [Plan.Stage] = []
    for (index, name) in names.enumerated() {
      let file = folder + "/\(name).tflite"
      try FileManager.default.copyItem(
        atPath: try #require(TFLiteSample.path(name)), toPath: file)
      let (inputs, outputs) = try boundary(of: file)
      stages.append(
        Plan.Stage(
          index: index,
          device: Device(
            id: "edgetpu:\(index)", kind: "edgetpu-pci", cpus: [], mos: 1, lanes: 1),
          file: "\(name).tflite", sha256: try FileHash.sha256(ofFile: file),
          operatorIds: ["compiled"],
          parameterBytes: 0, sharedParameterBytes: 0, inputTensors: inputs,
          outputTensors: outputs))
    }
    let made = Set(stages.flatMap(\.outputTensors).map(\.name))
    var inputs: [TensorSpec] = []
    for input in stages.flatMap(\.inputTensors)
    where !made.contains(input.name) && !inputs.contains(input) { inputs.append(input) }
    try PlanFile.write(
      Plan(
        toolVersion: "test", backend: "edgetpu", simulated: false,
        model: Plan.Model(path: "/nowhere", sha256: "", bytes: 0, shapes: [:]),
        preparedSha256: "",
        options: Plan.Options(
          optimizationLevel: "basic", folded: false, dynamic: false, inputValues: [:],
          inputRanges: [:], inputFiles: [:], seed: 5, search: "none", tolerancePercent: 1),
        inputs: inputs, outputs: stages.last?.outputTensors ?? [], stages: stages,
        certificate: .none, search: Plan.Search(),
        environment: Plan.Environment(
          cpuModel: "", cores: 1, governor: "", system: "", engine: "edgetpu", engineVersion: "",
          date: ""), notes: []),
      inFolder: folder)
  }

  /// Runs one item; the outputs by tensor.
  private static func run(
    _ bundle: String, _ double: EdgeTPUDouble, inputs: [String: String]
  ) async throws -> [String: String] {
    let run = try await double.isocut(
      ["run", bundle, "--output", "\(bundle)-outputs", "--format", "json"]
        + inputs.flatMap { ["--input", "\($0.key)=\($0.value)"] })
    try #require(run.exitCode == 0, "\(run.standardError)")
    let outputs = try #require(try run.json()["outputs"] as? [[String: Any]])
    return Dictionary(
      uniqueKeysWithValues: outputs.compactMap { output in
        guard let name = output["name"] as? String, let file = output["file"] as? String else {
          return nil
        }
        return (name, "\(double.folder)/\(bundle)-outputs/\(file)")
      })
  }

  @Test("run as a pipeline with a tensor that skips a stage, and give what they give one by one")
  func pipeline() async throws {
    try await withTemporaryFolder { outer in
      let double = try await EdgeTPUDouble(in: outer)
      try Self.write(Self.names, to: double.folder + "/whole")
      let pipeline = try await Self.run("whole", double, inputs: [:])
      #expect(double.opened == (0..<3).map { "/dev/apex_\($0)" })

      var known: [String: String] = [:]
      var last: [String: String] = [:]
      for (index, name) in Self.names.enumerated() {
        try Self.write([name], to: double.folder + "/part\(index)")
        let inputs = try Self.boundary(of: double.folder + "/part\(index)/\(name).tflite").inputs
        let given = inputs.compactMap { input in known[input.name].map { (input.name, $0) } }
        #expect(index == 0 ? given.isEmpty : given.count == inputs.count)
        last = try await Self.run(
          "part\(index)", double, inputs: Dictionary(uniqueKeysWithValues: given))
        known.merge(last) { $1 }
      }
      #expect(pipeline.count == 4)
      #expect(Set(pipeline.keys) == Set(last.keys))
      for (name, file) in pipeline {
        let (found, expected) = (
          FileManager.default.contents(atPath: file),
          FileManager.default.contents(atPath: try #require(last[name]))
        )
        #expect(found != nil && found == expected, "\(name)")
      }
    }
  }
}
