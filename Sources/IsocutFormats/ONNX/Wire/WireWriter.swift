/// Encodes the few protobuf fields that isocut writes itself.
struct WireWriter {
  private(set) var bytes: [UInt8] = []

  mutating func varint(_ value: UInt64) {
    var value = value
    while value >= 0x80 {
      bytes.append(UInt8(value & 0x7F) | 0x80)
      value >>= 7
    }
    bytes.append(UInt8(value))
  }

  /// A varint field.
  mutating func field(_ number: Int, _ value: Int) {
    varint(UInt64(number) << 3)
    varint(UInt64(bitPattern: Int64(value)))
  }

  /// A string, bytes or message field.
  mutating func field(_ number: Int, _ payload: some Collection<UInt8>) {
    header(number, byteCount: payload.count)
    bytes.append(contentsOf: payload)
  }

  /// Tag and length of a length-delimited field whose payload follows from elsewhere.
  mutating func header(_ number: Int, byteCount: Int) {
    varint(UInt64(number) << 3 | 2)
    varint(UInt64(byteCount))
  }
}
