internal import IsocutGraph

/// Writes a part of a file as a file of its own: what the part uses, renumbered, in the source's
/// order, so that equal parts give equal bytes.
struct ModelEncoder {
  let file: TFLiteFile
  let content: KeptContent
  /// Old positions, ascending; the new position is the place in the list.
  let subgraphs: [Int]
  let codes: [Int]
  let tensors: [Int32]
  /// Buffers that hold bytes; the new position is the place in the list plus one, because the
  /// first buffer is always empty.
  let buffers: [Int]
  private let codeNumbers: [Int: Int]
  private let bufferNumbers: [Int: Int]
  private var renumbering: Renumbering
  private let isOutside: Bool
  private var writer: FlatWriter
  private var data: [EncodedModel.Data] = []
  private var dataIndices: [Range<Int>: Int] = [:]

  /// Custom options from here on are copied like weights, not through memory.
  private static let largeOptions = 4096
  /// FlatBuffers offsets are signed in places, so a file's offsets end here.
  static let largestFlatBuffer = 0x7fff_0000

  /// - Parameter largestFlatBuffer: from which size on weights lie behind the FlatBuffer.
  init(
    _ file: TFLiteFile, _ content: KeptContent, largestFlatBuffer: Int = Self.largestFlatBuffer
  ) throws {
    self.file = file
    self.content = content
    let use = ContentUse(file.model, content)
    subgraphs = use.subgraphs
    codes = use.codes
    tensors = use.tensors
    buffers = use.buffers
    codeNumbers = Dictionary(uniqueKeysWithValues: zip(codes, 0...))
    bufferNumbers = Dictionary(uniqueKeysWithValues: zip(buffers, 1...))
    renumbering = Renumbering(
      tensors: Dictionary(uniqueKeysWithValues: zip(tensors, 0...)),
      subgraphs: Dictionary(uniqueKeysWithValues: zip(subgraphs.map(Int32.init), 0...)))
    let size = Set(buffers.map { file.model.buffers[$0] }).reduce(0) { $0 + $1.count }
    guard size <= file.byteCount else {
      throw IsocutError(.badData, "\(file.path) is damaged: its buffers overlap")
    }
    isOutside = size > largestFlatBuffer
    writer = FlatWriter(identifier: "TFL3", limit: file.byteCount + (16 << 20))
  }

  mutating func encode() throws -> EncodedModel {
    try write()
    return EncodedModel(head: writer, data: data, isOutside: isOutside)
  }

  private mutating func write() throws {
    let source = try file.reader.root(identifier: "TFL3")
    try check(source, "model", known: 8)
    let model = file.model
    let metadata = model.metadata.filter { content.isWhole || $0.name == "min_runtime_version" }
    let signatures = model.signatures.filter(keeps)
    var fields = FlatWriter.Fields()
    fields.set(0, model.version)
    for id in [1, 2, 4] { fields.reserve(id) }
    if model.description != nil { fields.reserve(3) }
    if content.isWhole, !model.metadataBuffers.isEmpty { fields.reserve(5) }
    if !metadata.isEmpty { fields.reserve(6) }
    if !signatures.isEmpty { fields.reserve(7) }
    let root = try writer.table(fields)
    writer.point(FlatWriter.rootSlot, to: root.position)
    if let description = model.description {
      writer.point(root.slots[3], to: try writer.text(description))
    }
    try writeTables(root.slots[1], codes) { try $0.write(model.operatorCodes[$1]) }
    try writeTables(root.slots[2], subgraphs) { try $0.writeSubgraph($1) }
    if content.isWhole {
      writer.point(
        root.slots[5],
        to: try writer.vector(model.metadataBuffers.map { Int32(number(ofBuffer: Int($0))) }))
    }
    try writeTables(root.slots[6], metadata) { try $0.write($1) }
    try writeTables(root.slots[7], signatures) { try $0.write($1) }
    try writeTables(root.slots[4], [nil] + buffers) { try $0.writeBuffer($1) }
  }

  /// Writes a vector of tables and lets a place point to it.
  private mutating func writeTables<Item>(
    _ slot: Int?, _ items: [Item], _ write: (inout ModelEncoder, Item) throws -> Int
  ) throws {
    guard let slot else { return }
    let place = try writer.references(count: items.count)
    writer.point(slot, to: place)
    for (index, item) in items.enumerated() {
      writer.point(place + 4 + 4 * index, to: try write(&self, item))
    }
  }

  // MARK: - Parts of the model

  private mutating func write(_ code: ModelTable.OperatorCode) throws -> Int {
    try check(try file.reader.table(at: code.position), "operator code", known: 4)
    var fields = FlatWriter.Fields()
    // Older readers know the first field only, newer ones take the larger number.
    fields.set(0, Int8(clamping: code.number))
    if code.customName != nil { fields.reserve(1) }
    fields.set(2, code.version)
    fields.set(3, code.number)
    let table = try writer.table(fields)
    if let name = code.customName { writer.point(table.slots[1], to: try writer.text(name)) }
    return table.position
  }

  private mutating func write(_ metadata: ModelTable.Metadata) throws -> Int {
    var fields = FlatWriter.Fields()
    fields.reserve(0)
    fields.set(1, UInt32(number(ofBuffer: metadata.buffer)))
    let table = try writer.table(fields)
    writer.point(table.slots[0], to: try writer.text(metadata.name))
    return table.position
  }

  /// A signature holds where all it names is still taken or returned.
  private func keeps(_ signature: ModelTable.Signature) -> Bool {
    if content.isWhole { return true }
    return signature.subgraph == 0
      && signature.inputs.allSatisfy { content.inputs.contains(Int32($0.tensor)) }
      && signature.outputs.allSatisfy { content.outputs.contains(Int32($0.tensor)) }
  }

  private mutating func write(_ signature: ModelTable.Signature) throws -> Int {
    var fields = FlatWriter.Fields()
    for id in 0...2 { fields.reserve(id) }
    fields.set(4, UInt32(renumbering.subgraphs[Int32(signature.subgraph)] ?? 0))
    let table = try writer.table(fields)
    let isMain = signature.subgraph == 0
    for (id, ports) in [signature.inputs, signature.outputs].enumerated() {
      try writeTables(table.slots[id], ports) { encoder, port in
        var fields = FlatWriter.Fields()
        fields.reserve(0)
        let tensor = Int32(port.tensor)
        let number = isMain ? encoder.renumbering.tensors[tensor] ?? tensor : tensor
        fields.set(1, UInt32(bitPattern: number))
        let table = try encoder.writer.table(fields)
        encoder.writer.point(table.slots[0], to: try encoder.writer.text(port.name))
        return table.position
      }
    }
    writer.point(table.slots[2], to: try writer.text(signature.key))
    return table.position
  }

  private mutating func writeBuffer(_ buffer: Int?) throws -> Int {
    var fields = FlatWriter.Fields()
    guard let buffer else { return try writer.table(fields).position }
    let range = file.model.buffers[buffer]
    if isOutside {
      fields.set(1, UInt64(0))
      fields.set(2, UInt64(range.count))
    } else {
      fields.reserve(0)
    }
    let table = try writer.table(fields)
    if let slot = table.slots[isOutside ? 1 : 0] { place(range, at: slot) }
    return table.position
  }

  private mutating func place(_ range: Range<Int>, at slot: Int) {
    if let index = dataIndices[range] {
      data[index].slots.append(slot)
    } else {
      dataIndices[range] = data.count
      data.append(EncodedModel.Data(range: range, slots: [slot]))
    }
  }

  private func number(ofBuffer buffer: Int) -> Int { bufferNumbers[buffer] ?? 0 }

  // MARK: - Subgraphs

  private mutating func writeSubgraph(_ index: Int) throws -> Int {
    let source = file.model.subgraphs[index]
    // The position of debug metadata (5) is left out; what it points to is no part of the model.
    try check(try file.reader.table(at: source.position), "subgraph", known: 6)
    let isMain = index == 0
    let all = (0..<Int32(source.tensors.count)).map { $0 }
    let kept = isMain ? tensors : all
    var numbers = renumbering
    if !isMain { numbers.tensors = Dictionary(uniqueKeysWithValues: zip(all, all)) }
    var fields = FlatWriter.Fields()
    for id in 0...3 { fields.reserve(id) }
    if source.name != nil { fields.reserve(4) }
    let table = try writer.table(fields)
    try writeTables(table.slots[0], kept) {
      try $0.write(source.tensors[Int($1)], isMain ? $1 : nil, numbers)
    }
    let inputs = isMain ? content.inputs : source.inputs
    let outputs = isMain ? content.outputs : source.outputs
    writer.point(table.slots[1], to: try writer.vector(inputs.map { numbers.tensors[$0] ?? $0 }))
    writer.point(table.slots[2], to: try writer.vector(outputs.map { numbers.tensors[$0] ?? $0 }))
    let operators =
      isMain ? content.operators.map { source.operators[$0] } : source.operators
    try writeTables(table.slots[3], operators) { try $0.write($1, numbers) }
    if let name = source.name { writer.point(table.slots[4], to: try writer.text(name)) }
    return table.position
  }

  private mutating func write(
    _ tensor: TensorTable, _ mainIndex: Int32?, _ numbers: Renumbering
  ) throws -> Int {
    let source = try file.reader.table(at: tensor.position)
    try check(source, "tensor", known: 10)
    let newName = mainIndex.flatMap { content.names[$0] }
    let newShape = mainIndex.flatMap { content.shapes[$0] }
    let references: [(id: Int, shape: FieldKind)] = [
      (0, .vector(4)), (3, .text), (4, .table(.quantization)), (6, .table(.sparsity)),
      (7, .vector(4)), (9, .tables(.variantTensor)),
    ]
    var fields = FlatWriter.Fields()
    fields.set(1, tensor.typeNumber)
    fields.set(2, UInt32(number(ofBuffer: tensor.buffer)))
    if tensor.isVariable { fields.set(5, UInt8(1)) }
    if tensor.hasRank { fields.set(8, UInt8(1)) }
    var kept: [(id: Int, shape: FieldKind)] = []
    for reference in references {
      let isNew = reference.id == 3 ? newName != nil : reference.id == 0 && newShape != nil
      // Free dimensions are no longer free once a shape is chosen.
      if reference.id == 7, newShape != nil { continue }
      guard try isNew || source.reference(reference.id) != nil else { continue }
      fields.reserve(reference.id)
      kept.append(reference)
    }
    let table = try writer.table(fields)
    for reference in kept {
      if reference.id == 3, let newName {
        writer.point(table.slots[3], to: try writer.text(newName))
      } else if reference.id == 0, let newShape {
        writer.point(table.slots[0], to: try writer.vector(newShape.map(Int32.init(clamping:))))
      } else {
        writer.point(
          table.slots[reference.id],
          to: try writer.copy(field: reference.id, of: source, reference.shape, numbers))
      }
    }
    return table.position
  }

  private mutating func write(_ entry: OperatorTable, _ numbers: Renumbering) throws -> Int {
    let source = try file.reader.table(at: entry.position)
    // The position of debug metadata (13) is left out.
    try check(source, "operator", known: 14)
    var fields = FlatWriter.Fields()
    fields.set(0, UInt32(codeNumbers[entry.code] ?? 0))
    for id in [1, 2] { fields.reserve(id) }
    let options = entry.customOptions
    let isOptionsOutside = isOutside && options != nil
    if isOptionsOutside, let options {
      fields.set(9, UInt64(0))
      fields.set(10, UInt64(options.count))
    } else if options != nil {
      fields.reserve(5)
    }
    let format = try source.number(6, Int8.self)
    if format != 0 { fields.set(6, format) }
    if try source.reference(7) != nil { fields.reserve(7) }
    if !entry.intermediates.isEmpty { fields.reserve(8) }
    var unions: [(id: Int, shape: TableShape)] = []
    for (id, shapes) in [(3, OptionShapes.first), (11, OptionShapes.second)] {
      let number = try source.number(id, UInt8.self)
      guard number != 0, try source.reference(id + 1) != nil else { continue }
      guard let shape = shapes(number) else {
        throw FlatBufferError(
          problem: .unknownUnionMember(table: "operator", type: Int(number)),
          position: source.position)
      }
      fields.set(id, number)
      fields.reserve(id + 1)
      unions.append((id + 1, shape))
    }
    let table = try writer.table(fields)
    func renumber(_ tensors: [Int32]) -> [Int32] { tensors.map { numbers.tensors[$0] ?? $0 } }
    writer.point(table.slots[1], to: try writer.vector(renumber(entry.inputs)))
    writer.point(table.slots[2], to: try writer.vector(renumber(entry.outputs)))
    for union in unions {
      writer.point(
        table.slots[union.id],
        to: try writer.copy(field: union.id, of: source, .table(union.shape), numbers))
    }
    if let options {
      if isOptionsOutside || options.count >= Self.largeOptions {
        if let slot = table.slots[isOptionsOutside ? 9 : 5] { place(options, at: slot) }
      } else {
        writer.point(table.slots[5], to: try writer.vector(file.mapped.bytes[options], width: 1))
      }
    }
    if let slot = table.slots[7] {
      writer.point(slot, to: try writer.copy(field: 7, of: source, .vector(1), numbers))
    }
    if let slot = table.slots[8] {
      writer.point(slot, to: try writer.vector(renumber(entry.intermediates)))
    }
    return table.position
  }

  /// Refuses fields that are newer than the schema known here: their meaning would be lost.
  private func check(_ table: FlatTable, _ name: String, known: Int) throws {
    if let newer = try table.presentFields().first(where: { $0 >= known }) {
      throw FlatBufferError(
        problem: .unknownField(table: name, id: newer), position: table.position)
    }
  }
}
