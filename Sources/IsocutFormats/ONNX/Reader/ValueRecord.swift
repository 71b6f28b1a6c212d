internal import IsocutGraph
internal import SwiftProtobuf

/// An entry of a graph's inputs, outputs or value_info.
struct ValueRecord: Sendable {
  var value: ModelValue
  /// The whole field in the file.
  var range: Range<Int>
  var payload: Range<Int>

  var name: String { value.name }

  init(_ field: WireField, in reader: WireReader) throws {
    let message = try Onnx_ValueInfoProto(reader, field)
    range = field.range
    payload = field.payload
    value = ModelValue(name: message.name, type: TensorType(message.type))
  }
}

extension Onnx_ValueInfoProto {
  init(_ reader: WireReader, _ field: WireField) throws {
    self = try reader.decode(field)
  }
}

extension WireReader {
  /// Decodes a small message as a whole.
  func decode<Decoded: SwiftProtobuf.Message>(_ field: WireField) throws -> Decoded {
    guard field.kind == .bytes else {
      throw WireError(
        problem: .expected(.bytes, number: field.number), position: field.range.lowerBound)
    }
    // The depth limit of the library bounds nested types.
    return try Decoded(serializedBytes: file.copy(field.payload))
  }
}

extension TensorType {
  /// The type a model declares. A negative size means unknown, as some exporters write it.
  init(_ type: Onnx_TypeProto) {
    switch type.value {
    case .tensorType(let tensor):
      self.init(
        element: ElementType(onnxNumber: Int(tensor.elemType)),
        shape: tensor.hasShape ? tensor.shape.dim.map(Dimension.init) : nil)
    case .sparseTensorType(let tensor):
      self.init(
        element: ElementType(onnxNumber: Int(tensor.elemType)),
        shape: tensor.hasShape ? tensor.shape.dim.map(Dimension.init) : nil,
        container: .sparseTensor)
    case .sequenceType(let sequence):
      self.init(
        element: TensorType(sequence.elemType).element, shape: nil, container: .sequence)
    case .optionalType(let optional):
      self.init(
        element: TensorType(optional.elemType).element, shape: nil, container: .optional)
    case .mapType: self.init(element: nil, shape: nil, container: .map)
    case .opaqueType: self.init(element: nil, shape: nil, container: .opaque)
    case nil: self = .unknown
    }
  }
}

extension Dimension {
  init(_ dimension: Onnx_TensorShapeProto.Dimension) {
    switch dimension.value {
    case .dimValue(let size) where size >= 0: self = .fixed(Int(size))
    case .dimParam(let name) where !name.isEmpty && name != "?": self = .symbol(name)
    default: self = .unknown
    }
  }
}

extension Onnx_TypeProto {
  /// The message of a plain tensor's type. A shape of unknown rank is left out; a size that is not
  /// known is a dimension without value.
  init(_ type: TensorType) {
    self.init()
    var tensor = Onnx_TypeProto.Tensor()
    if let element = type.element { tensor.elemType = element.onnxNumber }
    if let shape = type.shape {
      tensor.shape.dim = shape.map { size in
        var dimension = Onnx_TensorShapeProto.Dimension()
        switch size {
        case .fixed(let size): dimension.dimValue = Int64(size)
        case .symbol(let name): dimension.dimParam = name
        case .unknown: break
        }
        return dimension
      }
      // A scalar's shape is present and empty.
      if shape.isEmpty { tensor.shape = Onnx_TensorShapeProto() }
    }
    tensorType = tensor
  }
}
