/// Something that stays between inferences, so that all who touch it belong in one stage.
enum State: Hashable, CustomStringConvertible {
  /// A tensor of the main subgraph.
  case tensor(Int32)
  /// A variable of the engine, by its container and name.
  case variable(String)
  /// A hash table of the engine, by its number.
  case hashTable(Int32)

  var description: String {
    switch self {
    case .tensor(let index): "tensor \(index)"
    case .variable(let name): "the variable \(name)"
    case .hashTable(let number): "the hash table \(number)"
    }
  }
}

/// Which operators touch which state.
struct StateGroups {
  struct Group {
    var name: String
    /// Ascending, each once.
    var operators: [Int]
  }

  private(set) var groups: [Group] = []
  private var indices: [State: Int] = [:]

  /// Operators are added in ascending order.
  mutating func add(operator index: Int, to state: State, named name: String) {
    if let group = indices[state] {
      if groups[group].operators.last != index { groups[group].operators.append(index) }
    } else {
      indices[state] = groups.count
      groups.append(Group(name: name, operators: [index]))
    }
  }
}

extension TFLiteFile {
  /// The engine's variables and tables that an operator makes or, through its bodies, touches.
  func resources(of entry: OperatorTable) throws -> [State] {
    var found: [State] = []
    var visited: Set<Int32> = []
    var pending = [entry]
    while let next = pending.popLast() {
      switch model.operatorCodes[next.code].kind {
      case "VAR_HANDLE":
        let options = try options(of: next)
        let container = try options?.text(0) ?? ""
        let name = try options?.text(1) ?? ""
        found.append(.variable(container.isEmpty ? name : "\(container)/\(name)"))
      case "HASHTABLE":
        found.append(.hashTable(try options(of: next)?.number(0, Int32.self) ?? 0))
      default: break
      }
      for body in next.bodies where visited.insert(body).inserted {
        pending += model.subgraphs[Int(body)].operators
      }
    }
    return found
  }

  private func options(of entry: OperatorTable) throws -> FlatTable? {
    try reader.table(at: entry.position).table(4)
  }
}
