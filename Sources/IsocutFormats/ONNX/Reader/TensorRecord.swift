internal import IsocutGraph

/// A tensor that the file holds: an initializer, or the value of a node. Its data stay in the file.
struct TensorRecord: Sendable {
  var name = ""
  var sizes: [Int] = []
  var typeNumber = 0
  /// The message without tag and length.
  var payload: Range<Int>
  /// The raw little-endian data, where the tensor holds its data so.
  var raw: Range<Int>?
  /// The data where they stand in the message as 64-bit numbers.
  var int64Data: [Range<Int>] = []
  /// Where the data are, if not in this file.
  var external: ExternalData?
  /// Bytes of the data; text counts as long as it is.
  var byteCount = 0

  var element: ElementType? { ElementType(onnxNumber: typeNumber) }
  var type: TensorType {
    TensorType(element: element, shape: sizes.map(Dimension.fixed))
  }

  private enum Field {
    static let sizes = 1
    static let type = 2
    static let float = 4
    static let int32 = 5
    static let string = 6
    static let int64 = 7
    static let name = 8
    static let raw = 9
    static let double = 10
    static let uint64 = 11
    static let external = 13
    static let location = 14
  }

  /// Fields that an inlined tensor no longer has: where its data are, and stale raw data.
  static let fieldsOfLocation: Set<Int> = [Field.raw, Field.external, Field.location]
  static let rawField = Field.raw
  static let nameField = Field.name

  init(_ message: WireReader) throws {
    var reader = message
    payload = message.position..<message.end
    var entries: [Onnx_StringStringEntryProto] = []
    var isExternal = false
    var listed = Listed()
    while let field = try reader.next() {
      switch field.number {
      case Field.sizes:
        guard sizes.count + (try reader.integerCount(field)) <= Self.largestRank else {
          throw IsocutError(.badData, "a tensor has more than \(Self.largestRank) dimensions")
        }
        sizes += try reader.integers(field)
      case Field.type: typeNumber = field.integer
      case Field.name: name = try reader.text(field)
      case Field.raw where field.kind == .bytes: raw = field.payload
      case Field.float: listed.fixed32 += field.payload.count / 4
      case Field.double: listed.fixed64 += field.payload.count / 8
      case Field.int32: listed.varints += try reader.integerCount(field)
      case Field.uint64: listed.varints += try reader.integerCount(field)
      case Field.int64:
        listed.varints += try reader.integerCount(field)
        int64Data.append(field.range)
      case Field.string: listed.textBytes += field.payload.count
      case Field.external: entries.append(try reader.decode(field))
      case Field.location: isExternal = field.integer == 1
      default: break
      }
    }
    let count = try elementCount()
    if isExternal {
      external = try ExternalData(entries, tensor: name)
      byteCount = try dataByteCount(elements: count)
    } else {
      try countData(listed, elements: count)
    }
  }

  /// Tensors beyond this fit no machine.
  static let largestByteCount = 1 << 48
  private static let largestRank = 256

  private func elementCount() throws -> Int {
    var count = 1
    for size in sizes {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard size >= 0, !overflow, product <= Self.largestByteCount else {
        throw IsocutError(
          .badData,
          "tensor \(name) has the impossible shape [\(sizes.map(String.init).joined(separator: ","))]"
        )
      }
      count = product
    }
    return count
  }

  private func dataByteCount(elements: Int) throws -> Int {
    guard let element, let bytes = element.byteCount(elementCount: elements) else {
      throw IsocutError(
        .badData, "tensor \(name) has data of the type number \(typeNumber), which has no size")
    }
    return bytes
  }

  /// Numbers that stand in the message itself, by how they are written.
  private struct Listed {
    var fixed32 = 0
    var fixed64 = 0
    var varints = 0
    var textBytes = 0
  }

  private mutating func countData(_ listed: Listed, elements: Int) throws {
    if element == .string {
      byteCount = listed.textBytes
      return
    }
    guard typeNumber != 0 || elements > 0 else { return }
    let needed = try dataByteCount(elements: elements)
    if let raw {
      guard raw.count == needed else { throw wrongSize(raw.count, needed) }
    } else {
      // A listed number may hold several elements of less than a byte, never less than one element
      // of a byte or more; complex numbers take two.
      let perNumber = max(1, 8 / max(1, element?.bitWidth ?? 8))
      let perElement = element == .complex64 || element == .complex128 ? 2 : 1
      let numbers = listed.fixed32 + listed.fixed64 + listed.varints
      guard elements <= numbers / perElement * perNumber else {
        throw wrongSize(numbers * (element?.bitWidth ?? 8) / 8, needed)
      }
    }
    byteCount = needed
  }

  private func wrongSize(_ found: Int, _ needed: Int) -> IsocutError {
    IsocutError(
      .badData, "tensor \(name) holds \(found) bytes of data where its shape needs \(needed)")
  }
}

/// Where an external tensor's data are.
struct ExternalData: Hashable, Sendable {
  /// A path relative to the model's folder.
  var location: String
  var offset: Int
  /// Nil: to be computed from the shape.
  var length: Int?

  init(_ entries: [Onnx_StringStringEntryProto], tensor: String) throws {
    func number(_ key: String) throws -> Int? {
      guard let entry = entries.last(where: { $0.key == key }) else { return nil }
      guard let value = Int(entry.value), value >= 0 else {
        throw IsocutError(
          .badData, "external tensor \(tensor) has the \(key) \"\(entry.value)\"")
      }
      return value
    }
    location = entries.last { $0.key == "location" }?.value ?? ""
    offset = try number("offset") ?? 0
    length = try number("length")
    let parts = location.split(separator: "/", omittingEmptySubsequences: false)
    guard !location.isEmpty, !location.hasPrefix("/"), !parts.contains(".."),
      !location.utf8.contains(0)
    else {
      throw IsocutError(
        .badData,
        "external tensor \(tensor) is said to be in \"\(location)\", which is not inside the model's folder"
      )
    }
  }
}
