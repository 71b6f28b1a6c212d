internal import IsocutGraph

extension InputPlan {
  /// Writes one input of one item: zeros until the seeded values land.
  package func fill(_ buffer: TensorBuffer, item: Int) throws {
    guard files[buffer.spec.name] == nil else {
      throw IsocutError(.usage, "input files are not read yet (\(buffer.spec.name))")
    }
    _ = buffer.bytes.initializeMemory(as: UInt8.self, repeating: 0)
  }
}
