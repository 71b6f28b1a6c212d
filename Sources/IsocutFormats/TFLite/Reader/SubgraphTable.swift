/// A subgraph: the model's main one, or the body of an operator.
struct SubgraphTable: Sendable {
  let position: Int
  let name: String?
  let tensors: [TensorTable]
  let inputs: [Int32]
  let outputs: [Int32]
  /// In the order in which they run.
  let operators: [OperatorTable]

  init(_ table: FlatTable, _ budget: inout DecodingBudget) throws {
    try budget.spend(128, at: table.position)
    position = table.position
    name = try budget.text(table, 4)
    inputs = try budget.numbers(table, 1)
    outputs = try budget.numbers(table, 2)
    var tensors: [TensorTable] = []
    try table.forEachTable(0) { tensors.append(try TensorTable($0, &budget)) }
    self.tensors = tensors
    var operators: [OperatorTable] = []
    try table.forEachTable(3) { operators.append(try OperatorTable($0, &budget)) }
    self.operators = operators
  }
}
