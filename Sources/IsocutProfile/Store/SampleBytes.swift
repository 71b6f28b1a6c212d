import Foundation

/// Samples as bytes: doubles, little-endian. As JSON numbers they would take longer than the
/// measurement.
enum SampleBytes {
  static func data(of samples: [Double]) -> Data {
    samples.reduce(into: Data(capacity: samples.count * 8)) { data, sample in
      withUnsafeBytes(of: sample.bitPattern.littleEndian) { data.append(contentsOf: $0) }
    }
  }

  static func samples(in data: Data) -> [Double] {
    data.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count / 8 * 8, by: 8).map { offset in
        let bits = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        return Double(bitPattern: UInt64(littleEndian: bits))
      }
    }
  }
}
