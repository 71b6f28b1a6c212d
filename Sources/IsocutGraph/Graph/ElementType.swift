/// The type of one element of a tensor, common to all model formats.
///
/// The raw value is the name in JSON files and on the command line (NumPy's name where it has one).
public enum ElementType: String, Hashable, Sendable, Codable, CaseIterable {
  case float32, float16, bfloat16, float64
  case int8, int16, int32, int64
  case uint8, uint16, uint32, uint64
  case bool, string, complex64, complex128
  case int4, uint4, int2, uint2
  case float8e4m3fn, float8e4m3fnuz, float8e5m2, float8e5m2fnuz, float8e8m0
  case float6e2m3, float6e3m2, float4e2m1

  /// Bits of one element; nil where elements differ in size (strings).
  public var bitWidth: Int? {
    switch self {
    case .string: nil
    case .complex128: 128
    case .float64, .int64, .uint64, .complex64: 64
    case .float32, .int32, .uint32: 32
    case .float16, .bfloat16, .int16, .uint16: 16
    case .int8, .uint8, .bool, .float8e4m3fn, .float8e4m3fnuz, .float8e5m2, .float8e5m2fnuz,
      .float8e8m0:
      8
    case .float6e2m3, .float6e3m2: 6
    case .int4, .uint4, .float4e2m1: 4
    case .int2, .uint2: 2
    }
  }

  /// Bytes of a tensor with `elementCount` elements; sub-byte elements are packed and the sum is
  /// rounded up for the whole tensor. Nil for strings and for sizes beyond `Int`.
  public func byteCount(elementCount: Int) -> Int? {
    guard let bitWidth, elementCount >= 0 else { return nil }
    let (bits, overflow) = elementCount.multipliedReportingOverflow(by: bitWidth)
    return overflow ? nil : bits / 8 + (bits % 8 == 0 ? 0 : 1)
  }

  public var isFloatingPoint: Bool {
    switch self {
    case .float32, .float16, .bfloat16, .float64, .float8e4m3fn, .float8e4m3fnuz, .float8e5m2,
      .float8e5m2fnuz, .float8e8m0, .float6e2m3, .float6e3m2, .float4e2m1:
      true
    default: false
    }
  }
}
