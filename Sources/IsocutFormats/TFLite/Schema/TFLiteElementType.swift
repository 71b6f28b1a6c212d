internal import IsocutGraph

extension ElementType {
  /// The element type of a number of the schema's `TensorType`; nil for resources, variants and
  /// numbers this version does not know.
  init?(tfliteNumber number: Int8) {
    switch number {
    case 0: self = .float32
    case 1: self = .float16
    case 2: self = .int32
    case 3: self = .uint8
    case 4: self = .int64
    case 5: self = .string
    case 6: self = .bool
    case 7: self = .int16
    case 8: self = .complex64
    case 9: self = .int8
    case 10: self = .float64
    case 11: self = .complex128
    case 12: self = .uint64
    case 15: self = .uint32
    case 16: self = .uint16
    case 17: self = .int4
    case 18: self = .bfloat16
    case 19: self = .int2
    case 20: self = .uint4
    default: return nil
    }
  }
}
