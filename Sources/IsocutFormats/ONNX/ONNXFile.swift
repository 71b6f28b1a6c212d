internal import IsocutGraph

/// An ONNX file that is open for reading: indexed, checked, and mapped, so that its weights are
/// never copied into memory.
///
/// May be used from any thread.
public final class ONNXFile: Sendable {
  public let path: String
  let mapped: MappedFile
  let model: ModelRecord
  let externals: ExternalFiles

  /// Opens and indexes a file.
  ///
  /// - Throws: `IsocutError` `.missingInput` where the file, or a file its weights are kept in, does
  ///   not exist or cannot be read; `.badData` where it is no ONNX file, truncated, or damaged, with
  ///   what is wrong and where.
  public init(path: String) throws {
    self.path = path
    mapped = try MappedFile(path: path)
    do {
      model = try ModelRecord(mapped)
      var externals = ExternalFiles(modelPath: path)
      for tensor in model.tensors where tensor.external != nil { try externals.add(tensor) }
      self.externals = externals
    } catch let error as IsocutError {
      throw IsocutError(error.code, "\(path): \(error.message)", cause: error.cause)
    } catch {
      throw Self.explain(error, mapped)
    }
    guard constantBytes <= TensorRecord.largestByteCount else {
      throw IsocutError(.badData, "\(path): its constants claim more bytes than any machine has")
    }
  }

  /// Bytes of the file itself, external weights left out.
  public var byteCount: Int { mapped.identity.byteCount }
  public var irVersion: Int { model.irVersion }
  public var producerName: String { model.producerName }
  public var producerVersion: String { model.producerVersion }
  /// Versions of the operator sets by domain; the empty text is ONNX's own.
  public var opsets: [String: Int] { model.opsets }
  public var graphName: String { model.graph.name }

  /// The inputs a caller must give, in the file's order. Those that have a default value (an
  /// initializer of the same name) are constants and not among them.
  public var inputs: [ModelValue] {
    let defaults = model.graph.initializerNames
    return model.graph.inputs.map(\.value).filter { !defaults.contains($0.name) }
  }

  public var outputs: [ModelValue] { model.graph.outputs.map(\.value) }

  /// The top-level nodes in file order.
  public var nodes: [ONNXNode] { model.graph.nodes.map(ONNXNode.init) }

  /// The tensors that top-level nodes write, in file order.
  public var tensorNames: [String] {
    model.graph.nodes.flatMap { $0.outputs.filter { !$0.isEmpty } }
  }

  /// Bytes of all weights: initializers and tensors held by nodes, in bodies and functions too,
  /// wherever their data are.
  public var constantBytes: Int {
    // Saturating, because external tensors may share bytes.
    model.tensors.reduce(0) { sum, tensor in
      let (total, overflow) = sum.addingReportingOverflow(tensor.byteCount)
      return overflow ? Int.max : total
    }
  }

  /// Files beside the model that hold weights, as paths relative to the model's folder, sorted.
  public var externalFiles: [String] { externals.files.keys.sorted() }

  private static func explain(_ error: any Error, _ file: MappedFile) -> IsocutError {
    let path = file.identity.path
    if file.bytes.isEmpty { return IsocutError(.badData, "\(path) is empty, no ONNX file") }
    if file.bytes.starts(with: "version https://git-lfs".utf8) {
      return IsocutError(
        .badData, "\(path) is a Git LFS pointer, no ONNX file; fetch the file itself: git lfs pull")
    }
    // All writers begin with the format's version or, lacking it, with a name or the graph.
    let begins = file.bytes[0] == 0x08 || file.bytes[0] == 0x12 || file.bytes[0] == 0x3A
    if error is ModelRecord.NotONNX || !begins {
      return IsocutError(.badData, "\(path) is no ONNX file")
    }
    if let error = error as? WireError {
      switch error.problem {
      case .pastEnd, .endsInsideVarint:
        return IsocutError(.badData, "\(path) is truncated or damaged: \(error)")
      default: return IsocutError(.badData, "\(path) is damaged or no ONNX file: \(error)")
      }
    }
    return IsocutError(.badData, "\(path) is damaged or no ONNX file", cause: error)
  }
}

/// A top-level node of an ONNX file.
public struct ONNXNode: Hashable, Sendable {
  /// May be empty or repeated.
  public var name: String
  /// The operator type, such as `Conv`.
  public var kind: String
  /// The operator set; empty for ONNX's own.
  public var domain: String
  /// Tensors read; an empty name holds the place of an input that is not given.
  public var inputs: [String]
  /// Tensors written; an empty name is an output nobody wants.
  public var outputs: [String]

  package init(
    name: String, kind: String, domain: String, inputs: [String], outputs: [String]
  ) {
    self.name = name
    self.kind = kind
    self.domain = domain
    self.inputs = inputs
    self.outputs = outputs
  }

  init(_ record: NodeRecord) {
    name = record.name
    kind = record.kind
    domain = record.domain
    inputs = record.inputs
    outputs = record.outputs
  }
}

extension ModelRecord {
  /// All tensors the file holds, those of bodies and functions included.
  var tensors: [TensorRecord] {
    graph.initializers.map(\.tensor)
      + graph.sparseInitializers.flatMap { [$0.values, $0.indices] }
      + graph.nodes.flatMap { $0.contents.tensors + $0.contents.bodyTensors }
      + functions.flatMap(\.tensors)
  }
}

extension GraphRecord {
  var initializerNames: Set<String> {
    Set(initializers.map(\.tensor.name)).union(sparseInitializers.map(\.name))
  }
}
