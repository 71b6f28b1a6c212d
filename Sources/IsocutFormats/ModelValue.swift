public import IsocutGraph

/// A named value with its type, as the file declares it.
public struct ModelValue: Hashable, Sendable {
  public var name: String
  public var type: TensorType

  public init(name: String, type: TensorType) {
    self.name = name
    self.type = type
  }
}
