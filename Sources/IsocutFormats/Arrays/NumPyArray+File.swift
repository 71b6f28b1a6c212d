internal import Foundation
internal import IsocutGraph

extension NumPyArray {
  /// Reads a `.npy` file. Big-endian and column-major files are converted.
  ///
  /// - Throws: `IsocutError` `.missingInput` where the file cannot be opened, `.badData` where it is
  ///   no `.npy` file, is truncated, or holds elements that no model takes.
  public init(file path: String) throws {
    let file = try MappedFile(path: path)
    do {
      try self.init(fileBytes: file.bytes)
    } catch let error as IsocutError {
      throw IsocutError(error.code, "cannot read \(path): \(error.message)", cause: error.cause)
    }
  }

  /// Reads the content of a `.npy` file; messages do not name the file.
  package init(fileBytes file: UnsafeRawBufferPointer) throws {
    let (header, start) = try NumPyHeader.read(file)
    let type = TensorType(element: header.elementType, fixedShape: header.shape)
    guard let byteCount = type.byteCount, let bitWidth = header.elementType.bitWidth else {
      throw IsocutError(.badData, "no machine holds an array of shape \(header.shape)")
    }
    let held = file.count - start
    guard held == byteCount else {
      throw IsocutError(
        .badData,
        "its header says \(type), which is \(byteCount) bytes, but \(held) follow"
          + (held < byteCount ? ": the file is truncated" : ""))
    }
    var bytes = Array(file[start...])
    if header.isBigEndian {
      // The two parts of a complex number are swapped each for itself.
      let isComplex = header.elementType == .complex64 || header.elementType == .complex128
      Self.swapBytes(of: &bytes, width: bitWidth / (isComplex ? 16 : 8))
    }
    if header.isFortranOrder {
      bytes = Self.rowMajor(bytes, shape: header.shape, width: bitWidth / 8)
    }
    try self.init(elementType: header.elementType, shape: header.shape, bytes: bytes)
  }

  /// Writes a `.npy` file of format version 1.0; the file appears whole or not at all.
  ///
  /// - Throws: `IsocutError` `.inputOutput` where the disk is full, `.cannotCreate` where the place
  ///   cannot be written.
  public func write(toFile path: String) throws {
    do {
      try Data(fileBytes).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw IsocutError(cannotCreate: "cannot write \(path)", cause: error)
    }
  }

  /// The content of a `.npy` file.
  package var fileBytes: [UInt8] {
    NumPyHeader(elementType: elementType, shape: shape).fileBytes + bytes
  }

  private static func swapBytes(of bytes: inout [UInt8], width: Int) {
    guard width > 1 else { return }
    for start in stride(from: 0, to: bytes.count, by: width) {
      bytes[start..<start + width].reverse()
    }
  }

  /// Reorders elements so that the last index runs fastest instead of the first.
  private static func rowMajor(_ bytes: [UInt8], shape: [Int], width: Int) -> [UInt8] {
    guard shape.count > 1, !bytes.isEmpty else { return bytes }
    var strides: [Int] = []
    var product = width
    for size in shape {
      strides.append(product)
      product *= size
    }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = Array(repeating: 0, count: shape.count)
    var offset = 0
    while result.count < bytes.count {
      result.append(contentsOf: bytes[offset..<offset + width])
      // The next index in row-major order, and its place in the column-major bytes.
      for axis in shape.indices.reversed() {
        index[axis] += 1
        offset += strides[axis]
        if index[axis] < shape[axis] { break }
        offset -= strides[axis] * shape[axis]
        index[axis] = 0
      }
    }
    return result
  }
}
