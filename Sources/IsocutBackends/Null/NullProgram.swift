internal import IsocutGraph

/// What the null backend computes for one stage: each operator's outputs are numbers made from its
/// name and the numbers of its inputs.
struct NullProgram: Sendable {
  /// Milliseconds of one call.
  var milliseconds: Double
  /// Ids of its operators, by which faults are aimed.
  var operatorIDs: Set<String>

  private struct Step: Sendable {
    var seed: UInt64
    var inputs: [Int]
    var outputs: [Int]
  }

  private var steps: [Step] = []
  /// Where a tensor's value stands, by name.
  private var slots: [String: Int] = [:]
  private var names: [UInt64] = []
  /// Values before a run: a constant's value is the hash of its name.
  private var initial: [UInt64] = []
  /// How each tensor is stored, where the file says; it decides how many bits of its value survive.
  private var contents: [NullContent?] = []

  /// The program of a model file.
  init(_ graph: Graph) {
    milliseconds = NullCosts.milliseconds(of: graph)
    operatorIDs = Set(graph.operators.map(\.id))
    for tensor in graph.tensors {
      add(
        tensor.name,
        tensor.type.fixedShape.map {
          NullContent(
            TensorSpec(
              name: tensor.name, elementType: tensor.type.element ?? .float32, shape: $0))
        })
    }
    steps = graph.operators.map { node in
      Step(
        seed: NullHash.combine(NullHash.text(node.kind), NullHash.text(node.id)),
        inputs: node.inputs, outputs: node.outputs)
    }
  }

  /// One operator that reads all inputs and makes all outputs.
  init(named name: String, milliseconds: Double, inputs: [TensorSpec], outputs: [TensorSpec]) {
    self.milliseconds = milliseconds
    operatorIDs = [name]
    for spec in inputs + outputs where slots[spec.name] == nil {
      add(spec.name, NullContent(spec))
    }
    steps = [
      Step(
        seed: NullHash.text(name), inputs: inputs.compactMap { [slots] in slots[$0.name] },
        outputs: outputs.compactMap { [slots] in slots[$0.name] })
    ]
  }

  var valueCount: Int { initial.count }

  /// Where a boundary tensor's value stands; one the program does not know (a constant the model
  /// returns) gets a place, and its value is the hash of its name.
  mutating func slot(of spec: TensorSpec) -> Int {
    let content = NullContent(spec)
    if let known = slots[spec.name] {
      contents[known] = content
      return known
    }
    add(spec.name, content)
    return initial.count - 1
  }

  private mutating func add(_ name: String, _ content: NullContent?) {
    let hash = NullHash.text(name)
    slots[name] = initial.count
    names.append(hash)
    initial.append(content?.canonical(hash) ?? hash)
    contents.append(content)
  }

  func knows(_ name: String) -> Bool { slots[name] != nil }

  /// Computes all values; those of the inputs are set before.
  func run(_ values: UnsafeMutableBufferPointer<UInt64>) {
    for step in steps {
      // A sum, because two files may list the same inputs in another order.
      var hash = step.seed
      for input in step.inputs { hash &+= NullHash.combine(names[input], values[input]) }
      for (position, output) in step.outputs.enumerated() {
        let value = NullHash.combine(hash, UInt64(position))
        values[output] = contents[output].map { $0.canonical(value) } ?? value
      }
    }
  }

  /// Sets every value to what it is before a run.
  func reset(_ values: UnsafeMutableBufferPointer<UInt64>) {
    _ = values.update(from: initial)
  }
}
