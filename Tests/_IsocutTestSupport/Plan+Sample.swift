package import IsocutGraph

extension Plan {
  /// A plan with one stage; fields that are optional stand on both sides of known and unknown.
  package static var sample: Plan {
    let input = TensorSpec(name: "in_putA", elementType: .float32, shape: [1, 3])
    let output = TensorSpec(name: "y", elementType: .float32, shape: [1])
    var stage = Plan.Stage(
      index: 0, device: Device(id: "cpu:0", kind: "cpu", cpus: [0], mos: 1, lanes: 1),
      file: "stage_0.onnx", sha256: "f00d", operatorIds: ["a", "y"], parameterBytes: 12,
      sharedParameterBytes: 0, inputTensors: [input], outputTensors: [output])
    stage.measuredMs = 1
    stage.measuredIntervalMs = [0.9, 1.1]
    return Plan(
      toolVersion: "1", backend: "null", simulated: false,
      model: Plan.Model(path: "m.onnx", sha256: "dead", bytes: 10, shapes: ["in_putA": [1, 3]]),
      preparedSha256: "beef",
      options: Plan.Options(
        optimizationLevel: "all", folded: true, dynamic: false, inputValues: ["in_putA": 0.5],
        inputRanges: [:], inputFiles: [:], seed: 7, search: "equal-parameters",
        tolerancePercent: 1),
      inputs: [input], outputs: [output], stages: [stage], certificate: .none,
      search: Plan.Search(),
      environment: Plan.Environment(
        cpuModel: "c", cores: 2, governor: "unknown", system: "s", engine: "null",
        engineVersion: "1", date: "2026-01-01T00:00:00Z"),
      notes: [])
  }
}
