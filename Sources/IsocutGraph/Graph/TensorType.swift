/// One dimension of a tensor's shape.
public enum Dimension: Hashable, Sendable {
  case fixed(Int)
  /// A named size; equal names mean equal sizes within one model.
  case symbol(String)
  case unknown

  public var fixedSize: Int? {
    if case .fixed(let size) = self { size } else { nil }
  }
}

extension Dimension: CustomStringConvertible {
  public var description: String {
    switch self {
    case .fixed(let size): String(size)
    case .symbol(let name): name
    case .unknown: "?"
    }
  }
}

/// What a tensor of a model is: its element type and shape, as far as they are known.
public struct TensorType: Hashable, Sendable {
  /// What kind of value it is; only plain tensors can cross a cut.
  public enum Container: String, Hashable, Sendable {
    case tensor, sequence, map, optional, sparseTensor, opaque
  }

  public var container: Container
  public var element: ElementType?
  /// Nil when even the rank is unknown; empty for a scalar.
  public var shape: [Dimension]?

  public init(
    element: ElementType?, shape: [Dimension]?, container: Container = .tensor
  ) {
    self.container = container
    self.element = element
    self.shape = shape
  }

  public init(element: ElementType, fixedShape: [Int]) {
    self.init(element: element, shape: fixedShape.map(Dimension.fixed))
  }

  /// Nothing is known.
  public static let unknown = TensorType(element: nil, shape: nil)

  /// The shape where every dimension is fixed, else nil.
  public var fixedShape: [Int]? {
    guard container == .tensor, let shape else { return nil }
    var sizes: [Int] = []
    for dimension in shape {
      guard let size = dimension.fixedSize else { return nil }
      sizes.append(size)
    }
    return sizes
  }

  /// The number of elements where the shape is fixed and the product fits an `Int`.
  public var elementCount: Int? {
    guard let fixedShape else { return nil }
    var count = 1
    for size in fixedShape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow, size >= 0 else { return nil }
      count = product
    }
    return count
  }

  /// Bytes of one value where element type and shape are fixed.
  public var byteCount: Int? {
    guard let element, let elementCount else { return nil }
    return element.byteCount(elementCount: elementCount)
  }
}

extension TensorType: CustomStringConvertible {
  public var description: String {
    let name = element?.rawValue ?? "?"
    let sizes = shape.map { "[" + $0.map(\.description).joined(separator: ",") + "]" } ?? "[...]"
    return container == .tensor ? name + sizes : "\(container.rawValue)(\(name))"
  }
}
