public import IsocutGraph

/// A loaded stage that runs synchronously in the calling thread, on memory the caller owns.
public protocol Executor: AnyObject, Sendable {
  /// What it reads and writes, in the order given to `open`.
  var inputs: [TensorSpec] { get }
  var outputs: [TensorSpec] { get }
  /// True where several threads may run bindings of this executor at the same time.
  var isConcurrent: Bool { get }

  /// Fixes the memory of one item once, so that a run allocates and copies nothing.
  ///
  /// - Parameters:
  ///   - inputs: one buffer for each of `inputs`, in that order.
  ///   - outputs: one buffer for each of `outputs`; the run writes there.
  func bind(inputs: [TensorBuffer], outputs: [TensorBuffer]) throws -> any Binding
}

/// One stage bound to the buffers of one item. Used by one thread at a time.
public protocol Binding: AnyObject, Sendable {
  /// Runs the stage once, in the calling thread.
  func run() throws
}

/// Memory of one tensor, aligned to 64 bytes, owned by whoever holds it.
///
/// The bytes may be read and written by whichever thread currently owns the item; the pipeline's
/// queues hand that ownership over.
public final class TensorBuffer: @unchecked Sendable {
  public let spec: TensorSpec
  public let bytes: UnsafeMutableRawBufferPointer

  /// Allocates `spec.byteCount` bytes (at least one), zeroed.
  public init(_ spec: TensorSpec) {
    self.spec = spec
    let count = max(1, spec.byteCount)
    bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 64)
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
  }

  deinit { bytes.deallocate() }
}
