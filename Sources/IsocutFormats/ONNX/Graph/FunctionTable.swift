/// The functions a model brings along, and what they call.
struct FunctionTable: Sendable {
  private let functions: [FunctionID: (index: Int, record: FunctionRecord)]

  init(_ records: [FunctionRecord]) {
    functions = Dictionary(
      records.enumerated().map { ($1.id, (index: $0, record: $1)) },
      uniquingKeysWith: { first, _ in first })
  }

  func contains(_ id: FunctionID) -> Bool { functions[id] != nil }

  /// Positions of the functions that some calls need, those of functions included, ascending.
  func needed(by calls: some Sequence<FunctionID>) -> [Int] {
    var open = Array(calls)
    var found: Set<Int> = []
    while let call = open.popLast() {
      guard let (index, record) = functions[call], found.insert(index).inserted else { continue }
      open += record.calls
    }
    return found.sorted()
  }

  /// Whether two runs of the node on equal inputs may differ.
  func drawsRandomNumbers(_ node: NodeRecord) -> Bool {
    if node.function.isRandom { return true }
    // In training a Dropout drops at random; its third input says whether it is training.
    if node.kind == "Dropout", node.domain.isEmpty, node.inputs.count > 2, !node.inputs[2].isEmpty {
      return true
    }
    guard !functions.isEmpty || node.contents.hasBody else { return false }
    var open = Array(node.contents.bodyFunctions) + [node.function]
    var seen: Set<FunctionID> = []
    while let call = open.popLast() {
      guard seen.insert(call).inserted else { continue }
      if call.isRandom { return true }
      if let (_, record) = functions[call] { open += record.calls }
    }
    return false
  }
}

extension NodeRecord {
  /// What the node runs and what its bodies run.
  var calls: [FunctionID] { [function] + contents.bodyFunctions }
}

extension FunctionID {
  private static let randomKinds: Set<String> = [
    "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Multinomial",
    "Bernoulli",
  ]

  var isRandom: Bool { domain.isEmpty && Self.randomKinds.contains(name) }
}
