internal import IsocutGraph

/// Turns the main subgraph of a file into a graph.
struct TFLiteGraphBuilder {
  let file: TFLiteFile
  let types: [String: TensorType]
  let pinned: [String: String]
  let names: TensorNames
  private(set) var constantProducers: [Int32: Int] = [:]
  private(set) var fileTensors: [Int32] = []

  private var tensors: [Tensor] = []
  /// The graph's tensor for a tensor of the file.
  private var indices: [Int32: TensorIndex] = [:]
  private var constants: [Constant] = []
  private var constantOfBuffer: [Int: Int] = [:]
  /// The constants behind a tensor that is computed from constants alone.
  private var derived: [Int32: Set<Int>] = [:]
  private var states = StateGroups()
  private var resources: ResourceFinder
  private let known: KnownTypes

  init(file: TFLiteFile, types: [String: TensorType], pinned: [String: String]) {
    self.file = file
    self.types = types
    self.pinned = pinned
    names = TensorNames(file.main.tensors)
    resources = ResourceFinder(file: file)
    known = KnownTypes(file: file, names: names, types: types)
  }

  mutating func build() throws -> Graph {
    let main = file.main
    guard !file.model.hasExternalBuffers else {
      throw IsocutError(.badData, "it keeps weights in other files, which isocut cannot cut")
    }
    var writers: [Int32: Int] = [:]
    for (position, entry) in main.operators.enumerated() {
      for output in entry.outputs where output >= 0 {
        if let other = writers.updateValue(position, forKey: output) {
          throw IsocutError(
            .badData,
            "the operators \(other) and \(position) both write the tensor \(names[output])")
        }
      }
    }
    for input in main.inputs where !isConstant(input) && indices[input] == nil {
      guard writers[input] == nil else {
        throw IsocutError(.badData, "an operator writes the model's input \(names[input])")
      }
      add(input, producer: nil)
    }
    let returned = Set(main.outputs)
    var operators: [Operator] = []
    for (position, entry) in main.operators.enumerated() {
      if let constants = try constantSources(of: entry, at: position, returned) {
        for output in entry.outputs where output >= 0 {
          derived[output] = constants
          constantProducers[output] = position
        }
      } else {
        operators.append(try makeOperator(entry, at: position, index: operators.count, writers))
      }
    }
    guard returned.count == main.outputs.count else {
      throw IsocutError(.badData, "the model lists an output twice, which isocut cannot cut")
    }
    let outputs = try main.outputs.map { output -> Graph.Output in
      if let tensor = indices[output] { return .tensor(tensor) }
      guard isConstant(output) else {
        throw IsocutError(.badData, "no operator writes the model's output \(names[output])")
      }
      return .constant(constant(output))
    }
    return Graph(
      name: main.name ?? "", operators: operators, tensors: tensors, constants: constants,
      inputs: main.inputs.compactMap { indices[$0] }.firstOccurrences(), outputs: outputs,
      ties: ties(operators))
  }

  // MARK: - Operators

  /// The constants an operator computes its outputs from; nil where it reads anything else, or
  /// where what it does is not known to depend on its inputs alone.
  private mutating func constantSources(
    of entry: OperatorTable, at position: Int, _ returned: Set<Int32>
  ) throws -> Set<Int>? {
    let given = entry.inputs.filter { $0 >= 0 }
    guard !given.isEmpty, entry.bodies.isEmpty, !entry.outputs.isEmpty,
      given.allSatisfy({ isConstant($0) || derived[$0] != nil }),
      returned.isDisjoint(with: entry.outputs), kind(of: entry).isPure
    else { return nil }
    return given.reduce(into: []) { $0.formUnion(derived[$1] ?? [constant($1)]) }
  }

  private mutating func makeOperator(
    _ entry: OperatorTable, at position: Int, index: Int, _ writers: [Int32: Int]
  ) throws -> Operator {
    let code = kind(of: entry)
    var read: [TensorIndex] = []
    var constants: Set<Int> = []
    for input in entry.inputs where input >= 0 {
      if let tensor = indices[input] {
        read.append(tensor)
      } else if let sources = derived[input] {
        constants.formUnion(sources)
      } else if isConstant(input) {
        constants.insert(constant(input))
      } else if let writer = writers[input], !file.main.tensors[Int(input)].isVariable {
        throw IsocutError(
          .badData,
          "operator \(position) (\(code.kind)) reads \(names[input]), which operator \(writer) "
            + "writes later; the operators are not in the order in which they run")
      } else if file.main.tensors[Int(input)].isVariable || !file.main.tensors[Int(input)].isEmpty {
        // Nobody writes it, so its content is what stayed from the inference before.
        states.add(operator: index, to: .tensor(input), named: names[input])
      }
    }
    for tensor in entry.inputs + entry.outputs + entry.intermediates
    where tensor >= 0 && file.main.tensors[Int(tensor)].isVariable {
      states.add(operator: index, to: .tensor(tensor), named: names[tensor])
    }
    for resource in try resources.touched(by: entry) {
      states.add(operator: index, to: resource, named: resource.description)
    }
    read = read.firstOccurrences()
    for tensor in read { tensors[tensor].consumers.append(index) }
    let written = entry.outputs.filter { $0 >= 0 }
    for output in written {
      guard !isConstant(output) else {
        throw IsocutError(
          .badData,
          "operator \(position) (\(code.kind)) writes the constant \(names[output])")
      }
      add(output, producer: index)
    }
    let work = MultiplyAccumulates(
      kind: code.kind,
      input: { [known] place in
        guard entry.inputs.indices.contains(place), entry.inputs[place] >= 0 else { return nil }
        return known.type(of: entry.inputs[place]).fixedShape
      },
      output: written.first.flatMap { type(of: $0).fixedShape })
    return Operator(
      id: written.first.map { names[$0] } ?? "\(code.kind)#\(position)", name: "",
      kind: code.kind, domain: code.number == BuiltinOperator.custom ? "custom" : "",
      inputs: read, outputs: written.compactMap { indices[$0] }, constants: constants.sorted(),
      macs: work.count, filePosition: position)
  }

  private func kind(of entry: OperatorTable) -> ModelTable.OperatorCode {
    file.model.operatorCodes[entry.code]
  }

  // MARK: - Tensors

  private mutating func add(_ tensor: Int32, producer: Int?) {
    indices[tensor] = tensors.count
    fileTensors.append(tensor)
    tensors.append(
      Tensor(name: names[tensor], type: type(of: tensor), producer: producer, consumers: []))
  }

  private func type(of index: Int32) -> TensorType { known.type(of: index) }

  /// A tensor with data, or one that needs none; state may have data to begin with.
  private func isConstant(_ index: Int32) -> Bool {
    let tensor = file.main.tensors[Int(index)]
    if tensor.isVariable { return false }
    return !file.model.data(of: tensor).isEmpty
  }

  /// The constant for a tensor's buffer; tensors that share a buffer share it.
  private mutating func constant(_ index: Int32) -> Int {
    let buffer = file.main.tensors[Int(index)].buffer
    if let known = constantOfBuffer[buffer] { return known }
    constantOfBuffer[buffer] = constants.count
    constants.append(
      Constant(
        name: names[index], byteCount: file.model.data(of: file.main.tensors[Int(index)]).count))
    return constants.count - 1
  }

  // MARK: - Ties

  private func ties(_ operators: [Operator]) -> [Graph.Tie] {
    var ties = states.groups.filter { $0.operators.count > 1 }.map {
      Graph.Tie(
        operators: $0.operators, tensor: $0.name,
        reason: "it is state that stays between inferences")
    }
    for tensor in tensors {
      guard let reason = reasonToStay(tensor) else { continue }
      let members = [tensor.producer].compactMap { $0 } + tensor.consumers
      if members.count > 1 {
        ties.append(Graph.Tie(operators: members, tensor: tensor.name, reason: reason))
      }
    }
    return ties
  }

  private func reasonToStay(_ tensor: Tensor) -> String? {
    if let reason = pinned[tensor.name] { return reason }
    if tensor.type.container != .tensor { return "it is a handle, not a plain tensor" }
    if tensor.type.element == .string { return "it holds strings" }
    if tensor.type.element == nil { return "its element type is not known" }
    if !types.isEmpty, types[tensor.name] == nil, tensor.producer != nil {
      return "no run has shown its shape"
    }
    return nil
  }
}

/// Types of a file's tensors; what an engine found beats what the file says.
private struct KnownTypes {
  let file: TFLiteFile
  let names: TensorNames
  let types: [String: TensorType]

  func type(of index: Int32) -> TensorType {
    types[names[index]] ?? file.main.tensors[Int(index)].type
  }
}

extension Array where Element: Hashable {
  /// The elements in order, repetitions left out.
  fileprivate func firstOccurrences() -> [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
