internal import IsocutGraph

/// What tensors of the null backend hold: one 64-bit value, written so that a reader gets it back.
///
/// A stage's outputs must be the same whether its inputs came from another stage or were computed
/// inside one whole model. So the value of a tensor is a number, spread over the elements: the first
/// elements carry its bits, all others follow from it. A reader that finds another element anywhere
/// has real data before it (or a stale buffer) and takes the hash of all bytes instead. A tensor too
/// small for 64 bits carries the lowest ones. Floats lie in [0, 1), integers in 0...127.
struct NullContent {
  let spec: TensorSpec
  private let unit: Unit
  private let unitCount: Int

  init(_ spec: TensorSpec) {
    self.spec = spec
    unit = Unit(spec.elementType)
    unitCount = spec.byteCount / unit.byteCount
  }

  /// Whether a value goes through this tensor unchanged.
  var carriesAll: Bool { unitCount * unit.bits >= 64 }

  /// What is left of a value after it went through this tensor.
  func canonical(_ value: UInt64) -> UInt64 {
    let capacity = unitCount * unit.bits
    return capacity >= 64 ? value : value & ((1 << UInt64(capacity)) - 1)
  }

  /// Writes a value into a tensor's memory.
  func write(_ value: UInt64, to bytes: UnsafeMutableRawBufferPointer) {
    let value = canonical(value)
    for index in 0..<unitCount {
      unit.store(chunk(index, of: value), bytes, index * unit.byteCount)
    }
  }

  /// The value a tensor's memory holds.
  func read(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    let bytes = UnsafeRawBufferPointer(rebasing: bytes.prefix(spec.byteCount))
    var value: UInt64 = 0
    for index in 0..<min(unitCount, headerCount) {
      guard let chunk = unit.load(bytes, index * unit.byteCount) else {
        return NullHash.bytes(bytes)
      }
      value |= chunk << UInt64(index * unit.bits)
    }
    value = canonical(value)
    for index in 0..<unitCount
    where unit.load(bytes, index * unit.byteCount) != chunk(index, of: value) {
      return NullHash.bytes(bytes)
    }
    return value
  }

  private var headerCount: Int { (64 + unit.bits - 1) / unit.bits }

  private func chunk(_ index: Int, of value: UInt64) -> UInt64 {
    let mask = (UInt64(1) << UInt64(unit.bits)) - 1
    if index < headerCount { return value >> UInt64(index * unit.bits) & mask }
    return NullHash.mix(value &+ UInt64(index)) & mask
  }

  /// The smallest piece of memory that carries bits, and how many.
  private struct Unit {
    private enum Coding {
      case float32, float64, float16, bfloat16, smallInteger, bool, rawByte
    }

    private let coding: Coding
    let byteCount: Int
    let bits: Int

    init(_ type: ElementType) {
      switch type {
      case .float32, .complex64: (coding, byteCount, bits) = (.float32, 4, 16)
      case .float64, .complex128: (coding, byteCount, bits) = (.float64, 8, 16)
      case .float16: (coding, byteCount, bits) = (.float16, 2, 8)
      case .bfloat16: (coding, byteCount, bits) = (.bfloat16, 2, 7)
      case .bool: (coding, byteCount, bits) = (.bool, 1, 1)
      case .int8, .uint8, .int16, .uint16, .int32, .uint32, .int64, .uint64:
        (coding, byteCount, bits) = (.smallInteger, (type.bitWidth ?? 8) / 8, 7)
      default: (coding, byteCount, bits) = (.rawByte, 1, 8)
      }
    }

    func store(_ chunk: UInt64, _ bytes: UnsafeMutableRawBufferPointer, _ offset: Int) {
      switch coding {
      case .float32:
        bytes.storeBytes(of: Float(chunk) / 65536, toByteOffset: offset, as: Float.self)
      case .float64:
        bytes.storeBytes(of: Double(chunk) / 65536, toByteOffset: offset, as: Double.self)
      case .float16:
        // In [0.5, 1): exponent -1, the eight highest bits of the fraction.
        bytes.storeBytes(
          of: 0x3800 | UInt16(chunk) << 2, toByteOffset: offset, as: UInt16.self)
      case .bfloat16:
        bytes.storeBytes(of: 0x3f00 | UInt16(chunk), toByteOffset: offset, as: UInt16.self)
      case .smallInteger:
        // Little-endian: the low byte comes first, the rest is zero.
        for index in 0..<byteCount { bytes[offset + index] = 0 }
        bytes[offset] = UInt8(chunk)
      case .bool, .rawByte: bytes[offset] = UInt8(chunk)
      }
    }

    /// The bits at an offset; nil where `store` cannot have written them.
    func load(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64? {
      switch coding {
      case .float32:
        return Self.whole(Double(bytes.loadUnaligned(fromByteOffset: offset, as: Float.self)))
      case .float64:
        return Self.whole(bytes.loadUnaligned(fromByteOffset: offset, as: Double.self))
      case .float16:
        let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)
        return word & 0xfc03 == 0x3800 ? UInt64(word >> 2 & 0xff) : nil
      case .bfloat16:
        let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)
        return word & 0xff80 == 0x3f00 ? UInt64(word & 0x7f) : nil
      case .smallInteger:
        for index in 1..<max(1, byteCount) where bytes[offset + index] != 0 { return nil }
        return bytes[offset] < 128 ? UInt64(bytes[offset]) : nil
      case .bool: return bytes[offset] < 2 ? UInt64(bytes[offset]) : nil
      case .rawByte: return UInt64(bytes[offset])
      }
    }

    private static func whole(_ value: Double) -> UInt64? {
      let scaled = value * 65536
      guard scaled >= 0, scaled < 65536, scaled.rounded(.down) == scaled,
        scaled.sign == .plus
      else { return nil }
      return UInt64(scaled)
    }
  }
}
