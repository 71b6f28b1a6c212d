/// Small TFLite models made in memory: 8-bit layers between vectors, each tensor known by its name.
package struct TestTFLite {
  /// An operator that makes one tensor of 16 bytes.
  package enum Layer {
    /// A fully connected layer with random weights.
    case connected(String, to: String)
    case sum(String, String, to: String)

    var inputs: [String] {
      switch self {
      case .connected(let input, _): [input]
      case .sum(let left, let right, _): [left, right]
      }
    }

    var output: String {
      switch self {
      case .connected(_, let output), .sum(_, _, let output): output
      }
    }
  }

  /// Bytes of what a layer makes.
  package static let width = 16

  /// Names and sizes in bytes.
  package var inputs: [(name: String, width: Int)]
  package var outputs: [String]
  package var layers: [Layer]

  package init(inputs: [(name: String, width: Int)], outputs: [String], layers: [Layer]) {
    self.inputs = inputs
    self.outputs = outputs
    self.layers = layers
  }

  /// The file; the same bytes each time.
  package var encoded: [UInt8] {
    var random = SeededRandom(seed: 5)
    var file = Tensors()
    for input in inputs { file.add(input.name, shape: [1, input.width]) }
    let operators = layers.map { layer -> FlatValue in
      var read = layer.inputs.map { file.number[$0] ?? -1 }
      if case .connected(let input, let output) = layer {
        let count = file.shapes[input]?.last ?? 0
        // So that sums of so many products use the range of a byte and do not leave it.
        read.append(
          file.add(
            "\(output)/weights", shape: [Self.width, count],
            scale: 0.01 / Float(count).squareRoot(),
            constant: (0..<Self.width * count).map { _ in UInt8.random(in: 0...255, using: &random)
            }
          ))
      }
      return Self.encoded(layer, read: read, made: file.add(layer.output, shape: [1, Self.width]))
    }
    let codes = [Kind.connected, .sum].map {
      FlatValue.table([0: .number($0.code), 2: .number($0.version), 3: .number(Int32($0.code))])
    }
    return FlatValue.table([
      0: .number(UInt32(3)), 1: .tables(codes),
      2: .tables([
        .table([
          0: .tables(file.tables), 1: .numbers(inputs.map { file.number[$0.name] ?? -1 }),
          2: .numbers(outputs.map { file.number[$0] ?? -1 }), 3: .tables(operators),
        ])
      ]), 4: .tables(file.buffers),
    ]).encoded(identifier: "TFL3")
  }

  private static func encoded(_ layer: Layer, read: [Int32], made: Int32) -> FlatValue {
    let kind = if case .sum = layer { Kind.sum } else { Kind.connected }
    return .table([
      0: .number(UInt32(kind.rawValue)), 1: .numbers(read), 2: .numbers([made]),
      3: .number(kind.options), 4: .table([:]),
    ])
  }

  /// By its place among the operator codes. Numbers of TensorFlow Lite's schema, version 3.
  private enum Kind: Int {
    case connected, sum

    var code: Int8 { self == .sum ? 0 : 9 }
    /// The first that takes 8 bits with a sign.
    var version: Int32 { self == .sum ? 2 : 4 }
    /// The type of its options, which are all at their defaults.
    var options: UInt8 { self == .sum ? 11 : 8 }
  }

  private struct Tensors {
    var tables: [FlatValue] = []
    /// The first is empty, for tensors without contents.
    var buffers = [FlatValue.table([:])]
    var number: [String: Int32] = [:]
    var shapes: [String: [Int]] = [:]

    @discardableResult mutating func add(
      _ name: String, shape: [Int], scale: Float = 0.05, constant: [UInt8]? = nil
    ) -> Int32 {
      let int8: Int8 = 9
      let buffer = constant == nil ? 0 : buffers.count
      if let constant { buffers.append(.table([0: .vector(width: 1, constant)])) }
      tables.append(
        .table([
          0: .numbers(shape.map(Int32.init)), 1: .number(int8), 2: .number(UInt32(buffer)),
          3: .text(name), 4: .table([2: .numbers([scale.bitPattern]), 3: .numbers([Int64(0)])]),
        ]))
      shapes[name] = shape
      let index = Int32(number.count)
      number[name] = index
      return index
    }
  }
}
