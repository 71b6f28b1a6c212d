public import IsocutGraph

/// An ONNX file with its graph, ready to be cut.
public struct ONNXModel: CuttableModel {
  public let file: ONNXFile
  public let graph: Graph
  /// What a reader of a report should know, a sentence each.
  public let notes: [String]

  let scope: Scope
  let order: NodeOrder
  let types: TypeTable
  let functions: FunctionTable
  /// The position in the file of each operator's node.
  let positions: [Int]
  /// Whether the file fixes every size of its inputs.
  let hasFixedInputs: Bool
  let digests = DigestCache()
  /// Bytes beyond which a stage keeps its external weights beside its file and not in it.
  package var largestStageFile = WeightMover.largestMessage

  public var format: ModelFormat { .onnx }
  public var path: String { file.path }

  /// Builds the graph of a file.
  ///
  /// - Parameters:
  ///   - types: types of tensors as an engine found them; they beat what the file says. Where any is
  ///     given, a tensor whose type is not known may not cross a cut.
  ///   - pinned: tensors that may not cross a cut, with the reason.
  /// - Throws: `IsocutError` `.badData` naming the node or tensor where the graph is not valid: a
  ///   tensor nobody makes or two nodes make, a cycle, an operator set that is not imported.
  public init(
    file: ONNXFile, types: [String: TensorType] = [:], pinned: [String: String] = [:]
  ) throws {
    do {
      let inputs = file.inputs
      scope = try Scope(file.model.graph, inputs: inputs)
      order = try NodeOrder(file.model, scope)
      self.types = TypeTable(file.model.graph, found: types)
      functions = FunctionTable(file.model.functions)
      hasFixedInputs = inputs.allSatisfy { $0.type.fixedShape != nil }
      (graph, positions) = try GraphBuilder(
        file: file, scope: scope, order: order, types: self.types, pinned: pinned
      ).build()
    } catch let error as IsocutError {
      throw IsocutError(error.code, "\(file.path): \(error.message)", cause: error.cause)
    } catch {
      throw IsocutError(.badData, "\(file.path) is damaged", cause: error)
    }
    self.file = file
    notes = Self.notes(file, order)
  }

  @discardableResult
  public func writeStage(_ stage: OperatorSet, to path: String) throws -> [String] {
    let content = try content(ofStage: stage)
    return try file.write(to: path, largestMessage: largestStageFile) {
      try assemble(content, &$0)
    }
  }

  private static func notes(_ file: ONNXFile, _ order: NodeOrder) -> [String] {
    guard !order.random.isEmpty else { return [] }
    let labels = order.random.prefix(3).map { file.model.graph.nodes[$0].label }
    let rest = order.random.count > 3 ? " and \(order.random.count - 3) more" : ""
    return [
      "\(labels.joined(separator: ", "))\(rest) draw random numbers: the stages and the whole model give different values"
    ]
  }
}
