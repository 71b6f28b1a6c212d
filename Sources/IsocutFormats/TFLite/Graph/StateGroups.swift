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
