/// The numbers and texts in the attributes of one node.
struct Attributes {
  struct Value {
    var integer = 0
    var text = ""
    /// Bytes of the numbers and texts it lists.
    var byteCount = 0
  }

  private(set) var values: [String: Value] = [:]

  private enum Field {
    static let name = 1
    static let float = 2
    static let integer = 3
    static let text = 4
    static let floats = 7
    static let integers = 8
    static let texts = 9
  }

  /// - Throws: `WireError`.
  init(of node: NodeRecord, in file: ONNXFile) throws {
    for range in node.attributes {
      var reader = WireReader(file.mapped, range)
      var name = ""
      var value = Value()
      while let field = try reader.next() {
        switch field.number {
        case Field.name: name = try reader.text(field)
        case Field.float: value.byteCount += 4
        case Field.integer:
          value.integer = field.integer
          value.byteCount += 8
        case Field.text:
          // Text attributes may hold any bytes; those that are no text name nothing known.
          value.text = (try? reader.text(field)) ?? ""
          value.byteCount += field.payload.count
        case Field.floats, Field.texts: value.byteCount += field.payload.count
        case Field.integers: value.byteCount += 8 * (try reader.integerCount(field))
        default: break
        }
      }
      values[name] = value
    }
  }

  subscript(_ name: String) -> Value? { values[name] }

  var byteCount: Int { values.values.reduce(0) { $0 + $1.byteCount } }
}
