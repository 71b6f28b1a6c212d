/// Finds the engine's variables and tables that operators make or, through their bodies, touch.
struct ResourceFinder {
  let file: TFLiteFile
  /// By subgraph, those of its own operators.
  private var direct: [Int32: [State]] = [:]
  /// By subgraph, those of its bodies too.
  private var all: [Int32: [State]] = [:]
  /// Steps left; a damaged file can nest bodies without end.
  private var steps = 4_000_000

  init(file: TFLiteFile) { self.file = file }

  /// - Throws: `FlatBufferError` where options are damaged, or bodies are nested beyond reason.
  mutating func touched(by entry: OperatorTable) throws(FlatBufferError) -> [State] {
    var found = try made(by: entry)
    for body in entry.bodies {
      let inside = try resources(in: body)
      try spend(inside.count)
      found += inside
    }
    return found
  }

  private mutating func resources(in body: Int32) throws(FlatBufferError) -> [State] {
    if let known = all[body] { return known }
    var found: [State] = []
    var visited: Set<Int32> = [body]
    var pending = [body]
    while let next = pending.popLast() {
      let inside = try ownResources(of: next)
      try spend(inside.count + 1)
      found += inside
      for entry in file.model.subgraphs[Int(next)].operators {
        for body in entry.bodies where visited.insert(body).inserted { pending.append(body) }
      }
    }
    all[body] = found
    return found
  }

  private mutating func ownResources(of subgraph: Int32) throws(FlatBufferError) -> [State] {
    let operators = file.model.subgraphs[Int(subgraph)].operators
    try spend(operators.count)
    if let known = direct[subgraph] { return known }
    var found: [State] = []
    for entry in operators { found += try made(by: entry) }
    direct[subgraph] = found
    return found
  }

  /// What a handle stands for; other operators have none of their own.
  private func made(by entry: OperatorTable) throws(FlatBufferError) -> [State] {
    let kind = file.model.operatorCodes[entry.code].kind
    guard kind == "VAR_HANDLE" || kind == "HASHTABLE" else { return [] }
    let options = try file.reader.table(at: entry.position).table(4)
    if kind == "HASHTABLE" { return [.hashTable(try options?.number(0, Int32.self) ?? 0)] }
    let container = try options?.text(0) ?? ""
    let name = try options?.text(1) ?? ""
    return [.variable(container.isEmpty ? name : "\(container)/\(name)")]
  }

  private mutating func spend(_ count: Int) throws(FlatBufferError) {
    steps -= count
    guard steps >= 0 else { throw FlatBufferError(problem: .tooLarge, position: 0) }
  }
}
