internal import Glibc
internal import IsocutGraph

/// Copies messages of a model as they are, except that tensors whose data are in other files get a
/// new home: inside the message, or in one file beside the one that is written; and that chosen
/// constants get another name.
struct WeightMover {
  enum Home: Hashable {
    /// In the message itself.
    case inside
    /// In a file of this name beside the written one.
    case beside(String)
  }

  /// Messages that hold tensors, at any depth.
  enum Kind {
    case graph, node, attribute, sparseTensor, tensor, initializer, function

    func child(_ number: Int) -> Kind? {
      switch (self, number) {
      case (.graph, 1), (.function, 7): .node
      case (.graph, 5): .initializer
      case (.sparseTensor, 1), (.sparseTensor, 2), (.attribute, 5), (.attribute, 10): .tensor
      case (.graph, 15), (.attribute, 22), (.attribute, 23): .sparseTensor
      case (.node, 5): .attribute
      case (.attribute, 6), (.attribute, 11): .graph
      default: nil
      }
    }
  }

  let file: ONNXFile
  let home: Home
  let renames: ConstantRenames
  /// What goes into the file beside; each tensor begins on a page, so engines can map it.
  private(set) var beside = Splice()

  /// A protobuf message beyond this cannot be read by stock tools.
  static let largestMessage = Int(Int32.max)
  static let pageSize = 4096

  init(file: ONNXFile, home: Home, renames: ConstantRenames = ConstantRenames()) {
    self.file = file
    self.home = home
    self.renames = renames
  }

  /// A whole field of the model, tag included, that holds a message of the given kind.
  ///
  /// - Parameter dropped: a field of that message to leave out.
  mutating func copy(
    _ range: Range<Int>, _ kind: Kind, dropping dropped: Int? = nil
  ) throws -> Splice {
    var copy = Splice()
    var reader = WireReader(file.mapped, range)
    if !file.externals.files.isEmpty || !renames.isEmpty || dropped != nil,
      let field = try reader.next(),
      let moved = try move(try reader.message(field), kind, renames, dropping: dropped)
    {
      copy.append(field: field.number, moved)
    } else {
      copy.append(range, of: file.mapped.identity)
    }
    return copy
  }

  /// The message with its tensors moved, or nil where it stays as it is.
  private mutating func move(
    _ message: WireReader, _ kind: Kind, _ renames: ConstantRenames, dropping dropped: Int? = nil
  ) throws -> Splice? {
    switch kind {
    case .tensor: return try moveTensor(message, ConstantRenames())
    case .initializer: return try moveTensor(message, renames)
    default: break
    }
    // A body may use such a name for a value of its own.
    let renames = try kind == .graph ? renames.visible(inBody: message) : renames
    var moved = Splice()
    var hasMoved = false
    var reader = message
    while let field = try reader.next() {
      if field.number == dropped {
        hasMoved = true
        continue
      }
      if let child = kind.child(field.number), field.kind == .bytes,
        let message = try move(try reader.message(field), child, renames)
      {
        moved.append(field: field.number, message)
        hasMoved = true
      } else if let renamed = try renames.field(field, of: kind, in: reader) {
        moved.append(renamed)
        hasMoved = true
      } else {
        moved.append(field.range, of: file.mapped.identity)
      }
    }
    return hasMoved ? moved : nil
  }

  private mutating func moveTensor(
    _ message: WireReader, _ renames: ConstantRenames
  ) throws -> Splice? {
    let tensor = try TensorRecord(message)
    let data = file.externals.data(of: tensor)
    guard data != nil || renames[tensor.name] != nil else { return nil }
    var moved = Splice()
    var reader = message
    while let field = try reader.next() {
      if data != nil, TensorRecord.fieldsOfLocation.contains(field.number) { continue }
      if let renamed = try renames.field(field, of: .initializer, in: reader) {
        moved.append(renamed)
      } else {
        moved.append(field.range, of: file.mapped.identity)
      }
    }
    guard let data else { return moved }
    switch home {
    case .inside:
      var bytes = Splice()
      bytes.append(data.range, of: data.file)
      moved.append(field: TensorRecord.rawField, bytes)
    case .beside(let name):
      let gap = (WeightMover.pageSize - beside.byteCount % WeightMover.pageSize)
      if gap < WeightMover.pageSize { beside.append(Array(repeating: 0, count: gap)) }
      moved.append(
        try ExternalData.fields(
          location: name, offset: beside.byteCount, length: data.range.count))
      beside.append(data.range, of: data.file)
    }
    return moved
  }
}

extension ONNXFile {
  /// Writes a model that `assemble` makes, with external weights inside while the file stays within
  /// what one message may hold, else in one file beside it.
  ///
  /// - Returns: the paths of what was written, the model first.
  @discardableResult
  func write(
    to path: String, largestMessage: Int = WeightMover.largestMessage,
    renames: ConstantRenames = ConstantRenames(), assemble: (inout WeightMover) throws -> Splice
  ) throws -> [String] {
    try mapped.identity.checkUnchanged()
    var mover = WeightMover(file: self, home: .inside, renames: renames)
    var model = try assemble(&mover)
    if model.byteCount > largestMessage, !externals.files.isEmpty {
      let name = String(
        path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...])
      mover = WeightMover(file: self, home: .beside(name + ".data"), renames: renames)
      model = try assemble(&mover)
    }
    guard mover.beside.byteCount > 0 else {
      try model.write(to: path)
      return [path]
    }
    // The weights first: whoever sees the model finds them.
    try mover.beside.write(to: path + ".data")
    do {
      try model.write(to: path)
    } catch {
      remove(path + ".data")
      throw error
    }
    return [path, path + ".data"]
  }
}
