internal import IsocutGraph

/// What stands before the elements of a `.npy` file.
struct NumPyHeader: Hashable, Sendable {
  var elementType: ElementType
  var isBigEndian: Bool
  /// Column-major: the first index runs fastest.
  var isFortranOrder: Bool
  var shape: [Int]

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// NumPy's own headers are 118 bytes or little more; nobody needs a longer dictionary than this.
  static let longestText = 65_536

  /// Reads a header from the start of a file.
  ///
  /// - Returns: the header, and where the elements begin.
  /// - Throws: `IsocutError` `.badData`; the message does not name the file.
  static func read(_ file: UnsafeRawBufferPointer) throws -> (NumPyHeader, elementsStart: Int) {
    guard file.starts(with: magic) else {
      throw IsocutError(.badData, "it does not begin as a .npy file does")
    }
    guard file.count >= 10 else { throw truncated }
    // Version 1 has a length of two bytes; 2 and 3 have four, 3 in UTF-8 instead of Latin-1.
    let major = file[6]
    guard (1...3).contains(major), file[7] == 0 else {
      throw IsocutError(
        .badData, "format version \(major).\(file[7]) is not known; isocut reads 1.0, 2.0 and 3.0")
    }
    let lengthBytes = major == 1 ? 2 : 4
    let textStart = 8 + lengthBytes
    guard file.count >= textStart else { throw truncated }
    let length = (0..<lengthBytes).reduce(0) { $0 | Int(file[8 + $1]) << (8 * $1) }
    guard length <= longestText else {
      throw IsocutError(.badData, "its header claims \(length) bytes")
    }
    guard file.count >= textStart + length else { throw truncated }
    let text = String(decoding: file[textStart..<textStart + length], as: UTF8.self)
    return (try NumPyHeader(dictionary: text), textStart + length)
  }

  /// The header as the start of a file, in version 1.0, padded so that the elements are aligned to
  /// 64 bytes. A shape too long for that version (thousands of dimensions) gets version 2.0.
  var fileBytes: [UInt8] {
    let sizes = shape.map(String.init).joined(separator: ", ")
    let order = elementType.bitWidth.map { $0 > 8 } ?? false ? "<" : "|"
    let text =
      "{'descr': '\(order)\(elementType.numPyCode ?? "")', 'fortran_order': False, "
      + "'shape': (\(shape.count == 1 ? sizes + "," : sizes)), }"
    var (version, lengthBytes) = (UInt8(1), 2)
    if text.utf8.count + 128 > 65_535 { (version, lengthBytes) = (2, 4) }
    let used = 8 + lengthBytes + text.utf8.count + 1
    let padding = (64 - used % 64) % 64
    let length = text.utf8.count + padding + 1
    return Self.magic + [version, 0] + (0..<lengthBytes).map { UInt8(length >> (8 * $0) & 0xFF) }
      + Array(text.utf8) + Array(repeating: UInt8(ascii: " "), count: padding)
      + [UInt8(ascii: "\n")]
  }

  private static var truncated: IsocutError {
    IsocutError(.badData, "it ends within its header: the file is truncated")
  }

  init(elementType: ElementType, shape: [Int]) {
    self.elementType = elementType
    self.shape = shape
    isBigEndian = false
    isFortranOrder = false
  }

  /// Reads the dictionary, a Python literal with the keys `descr`, `fortran_order` and `shape`.
  init(dictionary text: String) throws {
    var scanner = LiteralScanner(text)
    var (type, isFortran, sizes): (String?, Bool?, [Int]?) = (nil, nil, nil)
    try scanner.expect("{")
    while !scanner.skip("}") {
      let key = try scanner.string()
      try scanner.expect(":")
      switch key {
      case "descr": type = try scanner.string()
      case "fortran_order": isFortran = try scanner.boolean()
      case "shape": sizes = try scanner.tuple()
      default: throw IsocutError(.badData, "its header has an unknown key '\(key)'")
      }
      if !scanner.skip(",") {
        try scanner.expect("}")
        break
      }
    }
    guard let type, let isFortran, let sizes, scanner.isAtEnd else {
      throw IsocutError(.badData, "its header is not {'descr', 'fortran_order', 'shape'}")
    }
    guard let order = type.first, "<>|=".contains(order),
      let element = ElementType(numPyCode: type.dropFirst())
    else {
      throw IsocutError(
        .badData,
        "its element type '\(type)' is none that a model takes; convert it with astype in NumPy")
    }
    elementType = element
    isBigEndian = order == ">"
    isFortranOrder = isFortran
    shape = sizes
  }
}
