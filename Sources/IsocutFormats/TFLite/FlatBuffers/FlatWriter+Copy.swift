/// New positions of what a copied table names.
struct Renumbering {
  var tensors: [Int32: Int32] = [:]
  var subgraphs: [Int32: Int32] = [:]
}

extension FlatWriter {
  /// Writes a copy of a table with everything behind its offsets; returns where it stands.
  ///
  /// - Throws: `FlatBufferError` where the source is damaged, or holds what the schema known here
  ///   does not have: its content would be lost or misread.
  mutating func copy(
    _ source: FlatTable, _ shape: TableShape, _ renumbering: Renumbering
  ) throws(FlatBufferError) -> Int {
    guard let kinds = shape.fields else { return try copy(numbersOf: source) }
    var fields = Fields()
    var references: [Int] = []
    for id in try source.presentFields() {
      guard kinds.indices.contains(id) else {
        throw FlatBufferError(
          problem: .unknownField(table: shape.name, id: id), position: source.position)
      }
      switch kinds[id] {
      case .number(let width):
        guard let place = try source.field(id, width: width) else { continue }
        fields.set(id, bytes: source.reader.bytes[place..<place + width])
      case .tensor:
        let old = try source.number(id, Int32.self)
        fields.set(id, renumbering.tensors[old] ?? old)
      case .subgraph:
        let old = try source.number(id, Int32.self)
        fields.set(id, renumbering.subgraphs[old] ?? old)
      default:
        fields.reserve(id)
        references.append(id)
      }
    }
    let table = try table(fields)
    for id in references {
      point(table.slots[id], to: try copy(field: id, of: source, kinds[id], renumbering))
    }
    return table.position
  }

  /// Writes a copy of what a field that is an offset points to; returns where it stands.
  ///
  /// - Throws: as for a whole table.
  mutating func copy(
    field id: Int, of source: FlatTable, _ kind: FieldKind, _ renumbering: Renumbering
  ) throws(FlatBufferError) -> Int {
    let reader = source.reader
    guard let target = try source.reference(id) else {
      throw FlatBufferError(problem: .fieldPastTable, position: source.position)
    }
    switch kind {
    case .number, .tensor, .subgraph: return target
    case .vector(let width):
      return try vector(
        reader.bytes[try reader.vector(at: target, width: width).range], width: width)
    case .text:
      return try vector(
        reader.bytes[try reader.vector(at: target, width: 1).range], width: 1, isText: true)
    case .subgraphs:
      let elements = try reader.vector(at: target, width: 4)
      let place = try vector(reader.bytes[elements.range], width: 4)
      for index in 0..<elements.count {
        let old = try reader.load(Int32.self, at: elements.start + 4 * index)
        set(renumbering.subgraphs[old] ?? old, at: place + 4 + 4 * index)
      }
      return place
    case .table(let shape): return try copy(try reader.table(at: target), shape, renumbering)
    case .tables(let shape):
      let elements = try reader.vector(at: target, width: 4)
      let place = try references(count: elements.count)
      for index in 0..<elements.count {
        let element = try reader.table(at: reader.target(ofOffsetAt: elements.start + 4 * index))
        point(place + 4 + 4 * index, to: try copy(element, shape, renumbering))
      }
      return place
    case .union(let members):
      let type = try source.number(id - 1, UInt8.self)
      guard let shape = members[type] else {
        throw FlatBufferError(
          problem: .unknownUnionMember(table: "union", type: Int(type)), position: source.position)
      }
      return try copy(try reader.table(at: target), shape, renumbering)
    }
  }
}
