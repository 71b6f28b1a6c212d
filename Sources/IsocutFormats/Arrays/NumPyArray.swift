public import IsocutGraph

/// An array as NumPy's `.npy` files hold it, in the layout that engines take: row-major (C order),
/// little-endian.
///
/// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, versions 1 to 3.
public struct NumPyArray: Hashable, Sendable {
  public let elementType: ElementType
  /// Empty for a scalar.
  public let shape: [Int]
  /// As many bytes as element type and shape ask for.
  public let bytes: [UInt8]

  /// - Throws: `IsocutError` `.badData` where NumPy has no such element type, or the bytes are not
  ///   as many as the shape asks for.
  public init(elementType: ElementType, shape: [Int], bytes: [UInt8]) throws {
    guard elementType.numPyCode != nil else {
      throw IsocutError(
        .badData,
        "NumPy files have no element type \(elementType.rawValue); write such a tensor as raw bytes"
      )
    }
    guard let expected = TensorType(element: elementType, fixedShape: shape).byteCount,
      expected == bytes.count
    else {
      throw IsocutError(
        .badData,
        "\(bytes.count) bytes do not make an array of \(elementType.rawValue)\(shape)")
    }
    self.elementType = elementType
    self.shape = shape
    self.bytes = bytes
  }
}

extension ElementType {
  /// Kind and size as in NumPy's type strings (`f4`, `u1`, `b1`), without the byte order; nil where
  /// NumPy itself has no such type.
  var numPyCode: String? {
    switch self {
    case .float16: "f2"
    case .float32: "f4"
    case .float64: "f8"
    case .int8: "i1"
    case .int16: "i2"
    case .int32: "i4"
    case .int64: "i8"
    case .uint8: "u1"
    case .uint16: "u2"
    case .uint32: "u4"
    case .uint64: "u8"
    case .bool: "b1"
    case .complex64: "c8"
    case .complex128: "c16"
    case .bfloat16, .string, .int4, .uint4, .int2, .uint2, .float8e4m3fn, .float8e4m3fnuz,
      .float8e5m2, .float8e5m2fnuz, .float8e8m0, .float6e2m3, .float6e3m2, .float4e2m1:
      nil
    }
  }

  init?(numPyCode: some StringProtocol) {
    guard let type = Self.allCases.first(where: { $0.numPyCode.map { $0 == numPyCode } ?? false })
    else { return nil }
    self = type
  }
}
