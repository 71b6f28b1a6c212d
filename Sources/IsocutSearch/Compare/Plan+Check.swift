import IsocutBackends
package import IsocutGraph

extension Plan {
  /// Whether its parts fit together, as far as that can be seen without loading a stage: plans are
  /// files, and files get edited.
  ///
  /// - Parameter path: where the plan is, for messages.
  /// - Throws: `IsocutError` `.badData` that names the field.
  package func check(path: String) throws {
    func damaged(_ what: String) -> IsocutError {
      IsocutError(.badData, "\(path) is damaged: \(what); make the bundle again")
    }
    func check(_ spec: TensorSpec) throws {
      let type = TensorType(element: spec.elementType, fixedShape: spec.shape)
      guard spec.shape.allSatisfy({ $0 >= 0 }), let bytes = type.byteCount, bytes < 1 << 40 else {
        throw damaged("no machine holds the tensor \(spec.name) of shape \(spec.shape)")
      }
    }
    guard RunOptions.OptimizationLevel(rawValue: options.optimizationLevel) != nil else {
      throw damaged("there is no optimization_level \(options.optimizationLevel)")
    }
    guard !outputs.isEmpty else { throw damaged("it has no outputs") }
    var made: [String: TensorSpec] = [:]
    for input in inputs {
      try check(input)
      made[input.name] = input
    }
    for (name, bounds) in options.inputRanges.sorted(by: { $0.key < $1.key }) {
      guard bounds.count == 2, bounds[0] <= bounds[1], bounds.allSatisfy(\.isFinite) else {
        throw damaged("input_ranges has no lowest and highest value for the input \(name)")
      }
    }
    for (index, stage) in stages.enumerated() {
      let device = stage.device
      guard stage.index == index else {
        throw damaged("stages[\(index)] has the index \(stage.index)")
      }
      let (cores, overflow) = device.lanes.multipliedReportingOverflow(by: device.mos)
      guard device.kind != "cpu" || (!overflow && device.cpus.count == cores) else {
        throw damaged(
          """
          stages[\(index)].device has \(device.lanes) lanes of \(device.mos) cores, but \
          \(device.cpus.count) cpus
          """)
      }
      for input in stage.inputTensors {
        guard let before = made[input.name] else {
          throw damaged(
            "stage \(index) needs the tensor \(input.name), which nothing before it makes")
        }
        guard before == input else {
          throw damaged("stage \(index) has another type or shape for the tensor \(input.name)")
        }
      }
      for output in stage.outputTensors {
        try check(output)
        guard made.updateValue(output, forKey: output.name) == nil else {
          throw damaged("stage \(index) makes the tensor \(output.name), which exists already")
        }
      }
    }
    for output in outputs where made[output.name] != output {
      throw damaged("no stage makes the output \(output.name) with its type and shape")
    }
  }
}
