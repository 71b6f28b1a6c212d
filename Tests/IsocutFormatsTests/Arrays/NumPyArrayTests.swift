import Foundation
import IsocutFormats
import IsocutGraph
import Testing

@Suite struct NumPyArrayTests {
  /// A header of any version around a dictionary, as NumPy lays it out.
  static func file(
    _ dictionary: String, version: UInt8 = 1, elements: [UInt8] = []
  ) -> [UInt8] {
    let text = Array((dictionary + "   \n").utf8)
    let lengthBytes = version == 1 ? 2 : 4
    let length = (0..<lengthBytes).map { UInt8(text.count >> (8 * $0) & 0xFF) }
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + text + elements
  }

  static func read(_ bytes: [UInt8]) throws -> NumPyArray {
    try bytes.withUnsafeBytes { try NumPyArray(fileBytes: $0) }
  }

  @Test(
    "every element type that NumPy has survives a round trip",
    arguments: [
      ElementType.float16, .float32, .float64, .int8, .int16, .int32, .int64, .uint8, .uint16,
      .uint32, .uint64, .bool, .complex64, .complex128,
    ], [[], [0], [3], [2, 3], [1, 2, 1, 3]])
  func roundTrip(type: ElementType, shape: [Int]) throws {
    let count = try #require(type.byteCount(elementCount: shape.reduce(1, *)))
    let array = try NumPyArray(
      elementType: type, shape: shape, bytes: (0..<count).map { UInt8($0 % 251) })
    let file = array.fileBytes
    #expect((file.count - count) % 64 == 0, "elements are aligned to 64 bytes")
    #expect(try Self.read(file) == array)
  }

  @Test("the file is byte for byte what numpy.save writes")
  func sameAsNumPy() throws {
    let array = try NumPyArray(
      elementType: .float32, shape: [2, 2], bytes: Array(repeating: 0, count: 16))
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }"
    let padded = header.padding(toLength: 117, withPad: " ", startingAt: 0) + "\n"
    #expect(
      array.fileBytes
        == [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(padded.utf8)
        + Array(repeating: 0, count: 16))
    let flags = try NumPyArray(elementType: .bool, shape: [1], bytes: [1])
    #expect(String(decoding: flags.fileBytes.dropFirst(10), as: UTF8.self).contains("'|b1'"))
    #expect(String(decoding: flags.fileBytes.dropFirst(10), as: UTF8.self).contains("(1,)"))
  }

  @Test("versions 2 and 3, other quotes, other key orders and Python 2's numbers are read")
  func dialects() throws {
    let plain = "{'descr': '<i2', 'fortran_order': False, 'shape': (2,), }"
    let wanted = try NumPyArray(elementType: .int16, shape: [2], bytes: [1, 0, 2, 0])
    for version: UInt8 in 1...3 {
      #expect(try Self.read(Self.file(plain, version: version, elements: wanted.bytes)) == wanted)
    }
    for other in [
      "{\"shape\":(2,),\"descr\":\"<i2\",\"fortran_order\":False}",
      "{'descr': '=i2', 'fortran_order': True, 'shape': (2L,)}",
    ] {
      #expect(try Self.read(Self.file(other, elements: wanted.bytes)) == wanted)
    }
  }

  @Test("big-endian elements are swapped, each part of a complex number for itself")
  func bigEndian() throws {
    let header: (String) -> String = {
      "{'descr': '>\($0)', 'fortran_order': False, 'shape': (1,), }"
    }
    #expect(try Self.read(Self.file(header("i4"), elements: [1, 2, 3, 4])).bytes == [4, 3, 2, 1])
    #expect(
      try Self.read(Self.file(header("c8"), elements: [1, 2, 3, 4, 5, 6, 7, 8])).bytes
        == [4, 3, 2, 1, 8, 7, 6, 5])
    #expect(try Self.read(Self.file(header("u1"), elements: [7])).bytes == [7])
  }

  @Test("column-major files are reordered")
  func fortranOrder() throws {
    // The element at (i, j, k) of a 2 x 3 x 2 array holds 100 i + 10 j + k.
    let header = "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 2), }"
    var columnMajor: [UInt8] = []
    for k in 0..<2 {
      for j in 0..<3 {
        for i in 0..<2 { columnMajor.append(UInt8(100 * i + 10 * j + k)) }
      }
    }
    #expect(
      try Self.read(Self.file(header, elements: columnMajor)).bytes
        == [0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121])
    let wide = "{'descr': '<u2', 'fortran_order': True, 'shape': (2, 2), }"
    #expect(
      try Self.read(Self.file(wide, elements: [1, 0, 3, 0, 2, 0, 4, 0])).bytes
        == [1, 0, 2, 0, 3, 0, 4, 0])
  }

  @Test(
    "what is no array of a model is refused, and the message says why",
    arguments: [
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "truncated"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (0,), }", "4 follow"),
      ("{'descr': '<U4', 'fortran_order': False, 'shape': (1,), }", "'<U4'"),
      ("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "'|O'"),
      ("{'descr': '', 'fortran_order': False, 'shape': (1,), }", "element type ''"),
      ("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "structured"),
      ("{'descr': '<f4', 'fortran_order': 0, 'shape': (1,), }", "'False' must stand"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "a size must stand"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (1 2), }", "')' must stand"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 9), }", "machine"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", "a size"),
      ("{'descr': '<f4', 'fortran_order': False}", "header is not"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1}", "unknown key 'x'"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} + 1", "header is not"),
      ("{'descr': '<f4", "''' must stand"), ("", "'{' must stand"),
    ])
  func refused(dictionary: String, reason: String) {
    let error = #expect(throws: IsocutError.self) {
      try Self.read(Self.file(dictionary, elements: [0, 0, 0, 0]))
    }
    #expect(error?.code == .badData)
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
  }

  @Test("a file cut at any byte is refused")
  func truncatedAnywhere() throws {
    let whole = try NumPyArray(elementType: .int32, shape: [2], bytes: Array(0..<8)).fileBytes
    for count in 0..<whole.count {
      let error = #expect(throws: IsocutError.self) {
        try Self.read(Array(whole.prefix(count)))
      }
      #expect(error?.code == .badData)
    }
  }

  @Test("a header that claims gigabytes, and an unknown version, are refused")
  func hostileHeader() {
    let claims: [UInt8] = [0x93] + Array("NUMPY".utf8) + [2, 0, 0xFF, 0xFF, 0xFF, 0xFF]
    let version = Self.file("{}", version: 9)
    for (file, reason) in [(claims, "claims 4294967295 bytes"), (version, "version 9.0")] {
      let error = #expect(throws: IsocutError.self) { try Self.read(file) }
      #expect(error?.message.contains(reason) == true)
    }
  }

  @Test("files are written whole, read back, and errors name them")
  func files() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("isocut-numpy-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("x.npy").path
    let array = try NumPyArray(elementType: .uint8, shape: [2, 2], bytes: [1, 2, 3, 4])
    try array.write(toFile: path)
    #expect(try NumPyArray(file: path) == array)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["x.npy"])

    let missing = #expect(throws: IsocutError.self) { try NumPyArray(file: path + ".none") }
    #expect(missing?.code == .missingInput)
    try Data("plain text".utf8).write(to: URL(fileURLWithPath: path))
    let other = #expect(throws: IsocutError.self) { try NumPyArray(file: path) }
    #expect(other?.code == .badData)
    #expect(other?.message.contains(path) == true)
    let unwritable = #expect(throws: IsocutError.self) {
      try array.write(toFile: folder.path + "/none/x.npy")
    }
    #expect(unwritable?.code == .cannotCreate)
  }

  @Test("types that NumPy lacks, and bytes that do not fit the shape, make no array")
  func invalidValues() {
    #expect(throws: IsocutError.self) {
      try NumPyArray(elementType: .bfloat16, shape: [1], bytes: [0, 0])
    }
    #expect(throws: IsocutError.self) {
      try NumPyArray(elementType: .float32, shape: [2], bytes: [0, 0, 0, 0])
    }
    #expect(throws: IsocutError.self) {
      try NumPyArray(elementType: .uint8, shape: [-1, -1], bytes: [0])
    }
  }
}
