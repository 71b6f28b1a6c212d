/// Small ONNX models made in memory, encoded by code of their own that shares nothing with the
/// reader under test.
package struct TestONNX {
  package var irVersion = 8
  package var opsets: [(domain: String, version: Int)] = [("", 17)]
  package var graph: Graph
  package var functions: [Function] = []
  /// Bytes appended to the model: fields that no reader knows.
  package var unknownFields: [UInt8] = []

  package init(_ graph: Graph) { self.graph = graph }

  package struct Graph {
    package var name = "test"
    package var inputs: [Value] = []
    package var outputs: [Value] = []
    package var values: [Value] = []
    package var nodes: [Node] = []
    package var initializers: [Tensor] = []
    /// Values and indices of sparse initializers.
    package var sparse: [(values: Tensor, indices: Tensor, shape: [Int])] = []
    package var unknownFields: [UInt8] = []

    package init(
      inputs: [Value] = [], outputs: [Value] = [], nodes: [Node] = [],
      initializers: [Tensor] = [], values: [Value] = []
    ) {
      self.inputs = inputs
      self.outputs = outputs
      self.nodes = nodes
      self.initializers = initializers
      self.values = values
    }

    package var encoded: [UInt8] {
      var message = Message()
      for node in nodes { message.bytes(1, node.encoded) }
      if !name.isEmpty { message.text(2, name) }
      for tensor in initializers { message.bytes(5, tensor.encoded) }
      for value in inputs { message.bytes(11, value.encoded) }
      for value in outputs { message.bytes(12, value.encoded) }
      for value in values { message.bytes(13, value.encoded) }
      for (values, indices, shape) in sparse {
        var sparse = Message()
        sparse.bytes(1, values.encoded)
        sparse.bytes(2, indices.encoded)
        for size in shape { sparse.integer(3, size) }
        message.bytes(15, sparse.encoded)
      }
      return message.encoded + unknownFields
    }
  }

  /// A value with the type float unless said otherwise.
  package struct Value {
    package enum Size {
      case fixed(Int)
      case named(String)
      case unknown
    }

    package var name: String
    /// 0 leaves the type out.
    package var type: Int
    /// Nil leaves the shape out.
    package var shape: [Size]?

    package init(_ name: String, type: Int = 1, shape: [Size]?) {
      self.name = name
      self.type = type
      self.shape = shape
    }

    package init(_ name: String, _ sizes: Int..., type: Int = 1) {
      self.init(name, type: type, shape: sizes.map(Size.fixed))
    }

    /// Only a name.
    package static func untyped(_ name: String) -> Value { Value(name, type: 0, shape: nil) }

    package var encoded: [UInt8] {
      var message = Message()
      message.text(1, name)
      guard type != 0 else { return message.encoded }
      var tensor = Message()
      tensor.integer(1, type)
      if let shape {
        var sizes = Message()
        for size in shape {
          var dimension = Message()
          switch size {
          case .fixed(let size): dimension.integer(1, size)
          case .named(let name): dimension.text(2, name)
          case .unknown: break
          }
          sizes.bytes(1, dimension.encoded)
        }
        tensor.bytes(2, sizes.encoded)
      }
      var type = Message()
      type.bytes(1, tensor.encoded)
      message.bytes(2, type.encoded)
      return message.encoded
    }
  }

  package struct Node {
    package var kind: String
    package var inputs: [String]
    package var outputs: [String]
    package var name: String
    package var domain: String
    package var attributes: [Attribute]
    package var unknownFields: [UInt8] = []

    package init(
      _ kind: String, _ inputs: [String], _ outputs: [String], name: String = "",
      domain: String = "", attributes: [Attribute] = []
    ) {
      self.kind = kind
      self.inputs = inputs
      self.outputs = outputs
      self.name = name
      self.domain = domain
      self.attributes = attributes
    }

    package var encoded: [UInt8] {
      var message = Message()
      for input in inputs { message.text(1, input) }
      for output in outputs { message.text(2, output) }
      if !name.isEmpty { message.text(3, name) }
      message.text(4, kind)
      for attribute in attributes { message.bytes(5, attribute.encoded) }
      if !domain.isEmpty { message.text(7, domain) }
      return message.encoded + unknownFields
    }
  }

  package struct Attribute {
    package var encoded: [UInt8]

    package static func integer(_ name: String, _ value: Int) -> Attribute {
      Attribute(name, type: 2) { $0.integer(3, value) }
    }

    package static func text(_ name: String, _ value: String) -> Attribute {
      Attribute(name, type: 3) { $0.text(4, value) }
    }

    package static func tensor(_ name: String, _ value: Tensor) -> Attribute {
      Attribute(name, type: 4) { $0.bytes(5, value.encoded) }
    }

    package static func graph(_ name: String, _ value: Graph) -> Attribute {
      Attribute(name, type: 5) { $0.bytes(6, value.encoded) }
    }

    private init(_ name: String, type: Int, _ body: (inout Message) -> Void) {
      var message = Message()
      message.text(1, name)
      body(&message)
      message.integer(20, type)
      encoded = message.encoded
    }
  }

  /// A tensor whose data are raw bytes, or in another file.
  package struct Tensor {
    package var name: String
    package var type: Int
    package var shape: [Int]
    package var raw: [UInt8]
    package var external: [(key: String, value: String)] = []

    package init(_ name: String, type: Int, shape: [Int], raw: [UInt8]) {
      self.name = name
      self.type = type
      self.shape = shape
      self.raw = raw
    }

    package init(_ name: String, shape: [Int], floats: [Float]) {
      self.init(
        name, type: 1, shape: shape,
        raw: floats.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) })
    }

    package init(_ name: String, shape: [Int], int64s: [Int]) {
      self.init(
        name, type: 7, shape: shape,
        raw: int64s.flatMap { withUnsafeBytes(of: Int64($0).littleEndian, Array.init) })
    }

    /// Data in another file.
    package init(_ name: String, shape: [Int], location: String, offset: Int, length: Int) {
      self.init(name, type: 1, shape: shape, raw: [])
      external = [
        ("location", location), ("offset", String(offset)), ("length", String(length)),
      ]
    }

    package var encoded: [UInt8] {
      var message = Message()
      for size in shape { message.integer(1, size) }
      message.integer(2, type)
      message.text(8, name)
      if external.isEmpty {
        message.bytes(9, raw)
      } else {
        for (key, value) in external {
          var entry = Message()
          entry.text(1, key)
          entry.text(2, value)
          message.bytes(13, entry.encoded)
        }
        message.integer(14, 1)
      }
      return message.encoded
    }
  }

  package struct Function {
    package var name: String
    package var domain: String
    package var inputs: [String]
    package var outputs: [String]
    package var nodes: [Node]

    package init(
      _ name: String, domain: String, inputs: [String], outputs: [String], nodes: [Node]
    ) {
      self.name = name
      self.domain = domain
      self.inputs = inputs
      self.outputs = outputs
      self.nodes = nodes
    }

    package var encoded: [UInt8] {
      var message = Message()
      message.text(1, name)
      for input in inputs { message.text(4, input) }
      for output in outputs { message.text(5, output) }
      for node in nodes { message.bytes(7, node.encoded) }
      var opset = Message()
      opset.integer(2, 17)
      message.bytes(9, opset.encoded)
      message.text(10, domain)
      return message.encoded
    }
  }

  package var encoded: [UInt8] {
    var message = Message()
    message.integer(1, irVersion)
    message.text(2, "test")
    message.bytes(7, graph.encoded)
    for (domain, version) in opsets {
      var opset = Message()
      if !domain.isEmpty { opset.text(1, domain) }
      opset.integer(2, version)
      message.bytes(8, opset.encoded)
    }
    for function in functions { message.bytes(25, function.encoded) }
    return message.encoded + unknownFields
  }

  /// Fields of a protobuf message.
  package struct Message {
    package private(set) var encoded: [UInt8] = []

    package init() {}

    package mutating func integer(_ number: Int, _ value: Int) {
      varint(UInt64(number) << 3)
      varint(UInt64(bitPattern: Int64(value)))
    }

    package mutating func text(_ number: Int, _ value: String) {
      bytes(number, Array(value.utf8))
    }

    package mutating func bytes(_ number: Int, _ value: [UInt8]) {
      varint(UInt64(number) << 3 | 2)
      varint(UInt64(value.count))
      encoded += value
    }

    private mutating func varint(_ value: UInt64) {
      var value = value
      while value >= 0x80 {
        encoded.append(UInt8(value & 0x7F) | 0x80)
        value >>= 7
      }
      encoded.append(UInt8(value))
    }
  }
}

extension TestONNX {
  /// A chain of `count` multiplications of [1, 4] by a weight each: x -> t0 -> t1 … -> y.
  package static func chain(_ count: Int) -> TestONNX {
    let names = (0..<count).map { $0 == count - 1 ? "y" : "t\($0)" }
    return TestONNX(
      Graph(
        inputs: [Value("x", 1, 4)], outputs: [Value("y", 1, 4)],
        nodes: (0..<count).map { index in
          Node("Mul", [index == 0 ? "x" : names[index - 1], "w\(index)"], [names[index]])
        },
        initializers: (0..<count).map {
          Tensor("w\($0)", shape: [1, 4], floats: [1, 2, 3, Float($0)])
        },
        values: names.dropLast().map { Value($0, 1, 4) }))
  }
}
