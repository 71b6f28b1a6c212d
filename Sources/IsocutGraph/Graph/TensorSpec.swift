/// A tensor with everything fixed: what an executor reads or writes,
/// and what plans name.
public struct TensorSpec: Hashable, Sendable, Codable {
  public var name: String
  public var elementType: ElementType
  public var shape: [Int]

  public init(name: String, elementType: ElementType, shape: [Int]) {
    self.name = name
    self.elementType = elementType
    self.shape = shape
  }

  public var elementCount: Int { shape.reduce(1, *) }
  /// Bytes of one value; zero for strings, which no executor takes.
  public var byteCount: Int { elementType.byteCount(elementCount: elementCount) ?? 0 }
}
