internal import Crypto
internal import IsocutGraph

/// A TFLite file that is open for reading: decoded, checked, and mapped, so that its weights are
/// never copied into memory.
///
/// May be used from any thread.
public final class TFLiteFile: Sendable {
  public let path: String
  let mapped: MappedFile
  let model: ModelTable

  /// Opens and decodes a file.
  ///
  /// - Throws: `IsocutError` `.missingInput` where the file does not exist or cannot be read;
  ///   `.badData` where it is no TFLite file, truncated or damaged, with what is wrong and where.
  public init(path: String) throws {
    self.path = path
    mapped = try MappedFile(path: path)
    do {
      model = try ModelTable(mapped.bytes)
    } catch let error as IsocutError {
      throw IsocutError(error.code, "\(path): \(error.message)", cause: error.cause)
    } catch {
      throw Self.explain(error, mapped)
    }
  }

  /// Bytes of the file, what is appended behind the model included.
  public var byteCount: Int { mapped.identity.byteCount }
  public var schemaVersion: Int { Int(model.version) }
  /// Who wrote it, or what it is, in the words of the file.
  public var modelDescription: String { model.description ?? "" }
  /// Operators of the main subgraph, those on constants included.
  public var operatorCount: Int { main.operators.count }
  public var subgraphCount: Int { model.subgraphs.count }
  public var metadataNames: [String] { model.metadata.map(\.name) }
  public var signatureKeys: [String] { model.signatures.map(\.key) }

  /// Bytes of all buffers, each counted once.
  public var constantBytes: Int {
    // Saturating, because buffers of a damaged file may share bytes.
    model.buffers.reduce(0) { sum, range in
      let (total, overflow) = sum.addingReportingOverflow(range.count)
      return overflow ? Int.max : total
    }
  }

  /// The names of the custom operators that the file uses, in its order.
  public var customOperators: [String] {
    model.operatorCodes.filter { $0.number == BuiltinOperator.custom }.map(\.kind)
  }

  /// SHA-256 of the file in lower-case hex. Reads in pieces, so the file does not fill memory.
  ///
  /// - Throws: `IsocutError` `.missingInput`, `.inputOutput`, or `.badData` where the file has
  ///   changed since it was opened.
  public func sha256() throws -> String {
    var hash = SHA256()
    try hash.update(mapped.identity, 0..<byteCount)
    return hash.finalize().hex
  }

  /// The main subgraph: what the model computes.
  var main: SubgraphTable { model.subgraphs[0] }

  var reader: FlatReader { FlatReader(bytes: mapped.bytes) }

  private static func explain(_ error: any Error, _ file: MappedFile) -> IsocutError {
    let path = file.identity.path
    if file.bytes.isEmpty { return IsocutError(.badData, "\(path) is empty, no TFLite file") }
    if file.bytes.starts(with: "version https://git-lfs".utf8) {
      return IsocutError(
        .badData,
        "\(path) is a Git LFS pointer, no TFLite file; fetch the file itself: git lfs pull")
    }
    guard let error = error as? FlatBufferError, error.problem != .wrongIdentifier else {
      return IsocutError(.badData, "\(path) is no TFLite file")
    }
    return IsocutError(.badData, "\(path) is truncated or damaged: \(error)")
  }
}
