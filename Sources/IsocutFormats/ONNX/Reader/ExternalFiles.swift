internal import Glibc
internal import IsocutGraph
internal import SwiftProtobuf

/// The files beside a model that hold its external tensors, by the location the model gives.
struct ExternalFiles: Sendable {
  private(set) var files: [String: FileIdentity] = [:]
  private let folder: String

  /// - Parameter modelPath: the model file, beside which the files are.
  init(modelPath: String) {
    guard let slash = modelPath.utf8.lastIndex(of: UInt8(ascii: "/")) else {
      folder = "."
      return
    }
    folder = slash == modelPath.startIndex ? "/" : String(modelPath[..<slash])
  }

  /// Finds the file of an external tensor and checks that the data are in it.
  ///
  /// - Throws: `IsocutError` `.missingInput` where the file is missing, `.badData` where it is too
  ///   short or not inside the model's folder.
  mutating func add(_ tensor: TensorRecord) throws {
    guard let external = tensor.external else { return }
    let file = try find(external.location, tensor: tensor.name)
    if let length = external.length, length != tensor.byteCount {
      throw IsocutError(
        .badData,
        "external tensor \(tensor.name) is \(length) bytes long where its shape needs \(tensor.byteCount)"
      )
    }
    guard external.offset <= file.byteCount, tensor.byteCount <= file.byteCount - external.offset
    else {
      throw IsocutError(
        .badData,
        "external tensor \(tensor.name) needs \(tensor.byteCount) bytes from \(external.offset) of \(file.path), which has \(file.byteCount)"
      )
    }
  }

  /// The file and the range that hold an external tensor's data; nil for a tensor that was not added.
  func data(of tensor: TensorRecord) -> (file: FileIdentity, range: Range<Int>)? {
    guard let external = tensor.external, let file = files[external.location] else { return nil }
    return (file, external.offset..<external.offset + tensor.byteCount)
  }

  private mutating func find(_ location: String, tensor: String) throws -> FileIdentity {
    if let known = files[location] { return known }
    let path = folder + "/" + location
    let (descriptor, identity): (Int32, FileIdentity)
    do {
      (descriptor, identity) = try FileIdentity.open(path)
    } catch {
      throw IsocutError(
        .missingInput,
        "the model keeps tensor \(tensor) in the file \(path), which cannot be read; put it there",
        cause: error)
    }
    close(descriptor)
    // A link that leaves the folder is refused by ONNX Runtime too.
    guard let root = resolved(folder), let target = resolved(path),
      target.hasPrefix(root == "/" ? "/" : root + "/")
    else {
      throw IsocutError(
        .badData,
        "the model keeps tensor \(tensor) in \(path), a link that leaves the model's folder")
    }
    files[location] = identity
    return identity
  }

  private func resolved(_ path: String) -> String? {
    guard let text = realpath(path, nil) else { return nil }
    defer { free(text) }
    return String(cString: text)
  }
}

extension ExternalData {
  /// The fields of a tensor that say where its data are.
  static func fields(location: String, offset: Int, length: Int) throws -> [UInt8] {
    var writer = WireWriter()
    for (key, value) in [
      ("location", location), ("offset", String(offset)), ("length", String(length)),
    ] {
      var entry = Onnx_StringStringEntryProto()
      entry.key = key
      entry.value = value
      let bytes: [UInt8] = try entry.serializedBytes()
      writer.field(13, bytes)
    }
    writer.field(14, 1)
    return writer.bytes
  }
}
