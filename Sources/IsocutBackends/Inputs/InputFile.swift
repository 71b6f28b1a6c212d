internal import Foundation
internal import IsocutFormats
internal import IsocutGraph

/// A file with the values of one input: `FILE.npy`, or raw bytes as `FILE:dtype:d0,d1`.
struct InputFile {
  var path: String
  /// What the raw bytes are; nil for a NumPy file, which says it itself.
  var rawType: TensorType?

  /// Reads the text of `--input NAME=TEXT` after the equals sign. The path may hold colons.
  init(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count >= 3, let element = ElementType(rawValue: String(parts[parts.count - 2])),
      let shape = Self.sizes(parts[parts.count - 1])
    else {
      path = text
      return
    }
    path = parts.dropLast(2).joined(separator: ":")
    rawType = TensorType(element: element, fixedShape: shape)
  }

  private static func sizes(_ text: Substring) -> [Int]? {
    if text.isEmpty { return [] }
    let sizes = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard sizes.allSatisfy({ ($0 ?? -1) >= 0 }) else { return nil }
    return sizes.compactMap(\.self)
  }

  /// - Throws: `IsocutError` `.missingInput` for a file that cannot be read, `.badData` where type,
  ///   shape or size are not those of the buffer.
  func read(into buffer: TensorBuffer) throws {
    let spec = buffer.spec
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue,
      FileManager.default.isReadableFile(atPath: path)
    else {
      if isFolder.boolValue {
        throw IsocutError(
          .missingInput, "\(path) is a folder; the input \(spec.name) needs a .npy or raw file")
      }
      throw IsocutError(
        .missingInput, "the file \(path) for the input \(spec.name) is missing or not readable")
    }
    let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    let type = try? FileManager.default.attributesOfItem(atPath: real)[.type] as? FileAttributeType
    guard type == .typeRegular else {
      throw IsocutError(
        .missingInput,
        "\(path) is a pipe or a device; the input \(spec.name) needs a regular .npy or raw file")
    }
    guard let rawType else {
      let array = try NumPyArray(file: path)
      try check(TensorType(element: array.elementType, fixedShape: array.shape), spec)
      buffer.bytes.copyBytes(from: array.bytes)
      return
    }
    try check(rawType, spec)
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
    } catch {
      throw IsocutError(
        .missingInput, "cannot read the file \(path) for the input \(spec.name)", cause: error)
    }
    guard data.count == spec.byteCount else {
      throw IsocutError(
        .badData,
        "\(path) has \(data.count) bytes, but \(rawType) has \(spec.byteCount)")
    }
    data.copyBytes(to: buffer.bytes)
  }

  private func check(_ found: TensorType, _ spec: TensorSpec) throws {
    let wanted = TensorType(element: spec.elementType, fixedShape: spec.shape)
    guard found == wanted else {
      throw IsocutError(
        .badData, "\(path) holds \(found), but the input \(spec.name) is \(wanted)")
    }
  }
}
