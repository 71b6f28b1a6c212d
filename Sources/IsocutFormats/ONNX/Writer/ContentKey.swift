internal import Crypto
public import IsocutGraph
internal import Synchronization

/// Digests of the parts of one file, each computed once. May be used from any thread.
final class DigestCache: Sendable {
  private let digests = Mutex<[Range<Int>: [UInt8]]>([:])

  /// The SHA-256 of a field of the file with its external data inside.
  func digest(of range: Range<Int>, _ kind: WeightMover.Kind, in file: ONNXFile) throws -> [UInt8] {
    if let known = digests.withLock({ $0[range] }) { return known }
    // Hashed outside the lock: two threads may do it twice, none waits for a large weight.
    var mover = WeightMover(file: file, home: .inside)
    var hash = SHA256()
    try hash.update(try mover.copy(range, kind), in: file)
    let digest = Array(hash.finalize())
    digests.withLock { $0[range] = digest }
    return digest
  }
}

extension SHA256 {
  /// Adds a number, so that parts of different length never run into each other.
  mutating func update(_ value: Int) {
    withUnsafeBytes(of: Int64(value).littleEndian) { update(bufferPointer: $0) }
  }

  mutating func update(_ text: String) {
    update(text.utf8.count)
    update(data: Array(text.utf8))
  }

  /// Adds what a splice of this file holds. Small ranges come from the mapping, large ones are read
  /// in pieces and stay out of the process's memory.
  mutating func update(_ splice: Splice, in file: ONNXFile) throws {
    for piece in splice.pieces {
      switch piece {
      case .bytes(let bytes): update(data: bytes)
      case .range(let range, let source):
        if source == file.mapped.identity, range.count <= 1 << 16 {
          update(bufferPointer: UnsafeRawBufferPointer(rebasing: file.mapped.bytes[range]))
        } else {
          try update(source, range)
        }
      }
    }
  }
}

extension ONNXModel {
  public func contentKey(ofStage stage: OperatorSet) throws -> String {
    let content = try content(ofStage: stage)
    let record = file.model
    var hash = SHA256()
    hash.update("isocut onnx stage 1")
    hash.update(file.irVersion)
    for (domain, version) in file.opsets.sorted(by: { $0.key < $1.key }) {
      hash.update(domain)
      hash.update(version)
    }
    for values in [content.inputs, content.outputs] {
      hash.update(values.count)
      for value in values {
        let field = try value.field(1, file)
        hash.update(field.byteCount)
        try hash.update(field, in: file)
      }
    }
    let parts: [(WeightMover.Kind, [Range<Int>])] = [
      (.node, content.nodes.map { record.graph.nodes[$0].range }),
      (.tensor, content.initializers.map { record.graph.initializers[$0].range }),
      (
        .sparseTensor,
        content.sparseInitializers.map { record.graph.sparseInitializers[$0].range }
      ),
      (.function, content.functions.map { record.functions[$0].range }),
    ]
    for (kind, ranges) in parts {
      hash.update(ranges.count)
      for range in ranges {
        hash.update(data: try digests.digest(of: range, kind, in: file))
      }
    }
    return hash.finalize().hex
  }
}
