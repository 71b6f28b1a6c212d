internal import IsocutBackends
internal import IsocutGraph

/// Which tensors an item holds, and which of them each stage reads and writes.
///
/// A tensor has one place from the stage that writes it to the last that reads it, so a consumer
/// reads the very memory its producer wrote, however many stages lie between.
///
/// A model may return one of its inputs: its place is then an output too, and no stage writes it. To a
/// stage that is the whole model it is both: ONNX Runtime leaves the output's memory alone then, and
/// an engine that writes it writes what is there.
struct TensorLayout: Sendable {
  let specs: [TensorSpec]
  /// Places in `specs`.
  let inputs: [Int]
  let outputs: [Int]
  let stageInputs: [[Int]]
  let stageOutputs: [[Int]]

  /// - Throws: `IsocutError` `.badData` where a tensor is read before it is written, written twice,
  ///   or known by two types or shapes.
  init(stages: [PipelineStage], inputs: [TensorSpec], outputs: [TensorSpec]) throws {
    var specs: [TensorSpec] = []
    var places: [String: Int] = [:]
    let returned = Set(inputs).intersection(outputs)
    func write(_ spec: TensorSpec, by writer: String) throws -> Int {
      let known = places[spec.name]
      if let known, known < inputs.count, returned.contains(spec) { return known }
      guard places.updateValue(specs.count, forKey: spec.name) == nil else {
        throw IsocutError(.badData, "\(writer) writes tensor \(spec.name), which exists already")
      }
      specs.append(spec)
      return specs.count - 1
    }
    func read(_ spec: TensorSpec, by reader: String) throws -> Int {
      guard let place = places[spec.name] else {
        throw IsocutError(
          .badData, "\(reader) needs tensor \(spec.name), which nothing before it makes")
      }
      guard specs[place] == spec else {
        throw IsocutError(
          .badData,
          """
          \(reader) needs tensor \(spec.name) as \(spec.elementType.rawValue)\(spec.shape), it is \
          \(specs[place].elementType.rawValue)\(specs[place].shape)
          """)
      }
      return place
    }
    self.inputs = try inputs.map { try write($0, by: "the model's input list") }
    var stageInputs: [[Int]] = []
    var stageOutputs: [[Int]] = []
    for stage in stages {
      stageInputs.append(try stage.inputs.map { try read($0, by: "stage \(stage.name)") })
      stageOutputs.append(try stage.outputs.map { try write($0, by: "stage \(stage.name)") })
    }
    self.outputs = try outputs.map { try read($0, by: "the model's output list") }
    self.stageInputs = stageInputs
    self.stageOutputs = stageOutputs
    self.specs = specs
  }
}

/// The memory of one item, and what happened to it.
///
/// `@unchecked Sendable`: `failure` and `enteredNanoseconds` belong, like the buffers, to whoever has
/// the item; the pipeline's cursors hand it over.
final class PipelineItem: @unchecked Sendable {
  /// One for each tensor of the layout.
  let buffers: [TensorBuffer]
  /// Those of the model's inputs and outputs.
  let inputs: [TensorBuffer]
  let outputs: [TensorBuffer]
  var failure: (any Error)?
  var enteredNanoseconds: Int64 = 0

  init(_ layout: TensorLayout) {
    let buffers = layout.specs.map(TensorBuffer.init)
    inputs = layout.inputs.map { buffers[$0] }
    outputs = layout.outputs.map { buffers[$0] }
    self.buffers = buffers
  }

  func bind(_ executor: any Executor, stage: Int, _ layout: TensorLayout) throws -> any Binding {
    try executor.bind(
      inputs: layout.stageInputs[stage].map { buffers[$0] },
      outputs: layout.stageOutputs[stage].map { buffers[$0] })
  }
}
