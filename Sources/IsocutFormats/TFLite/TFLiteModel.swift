public import IsocutGraph

/// A TFLite file with its graph, ready to be cut.
public struct TFLiteModel: CuttableModel {
  public let file: TFLiteFile
  public let graph: Graph
  /// For tensors that operators compute from constants alone: that operator's position in the file.
  let constantProducers: [Int32: Int]
  /// The tensor of the file's main subgraph for each of the graph's.
  package let fileTensors: [Int32]
  let digests = BufferDigests()

  public var format: ModelFormat { .tflite }
  public var path: String { file.path }

  /// Builds the graph of a file's main subgraph.
  ///
  /// - Parameters:
  ///   - types: types of tensors as an engine found them; they beat what the file says. Where any is
  ///     given, a tensor whose type is not known may not cross a cut.
  ///   - pinned: tensors that may not cross a cut, with the reason.
  /// - Throws: `IsocutError` `.badData` naming the operator or tensor where the graph is not valid:
  ///   a tensor that two operators write, or that is read before it is written.
  public init(
    file: TFLiteFile, types: [String: TensorType] = [:], pinned: [String: String] = [:]
  ) throws {
    var builder = TFLiteGraphBuilder(file: file, types: types, pinned: pinned)
    do {
      graph = try builder.build()
    } catch let error as IsocutError {
      throw IsocutError(error.code, "\(file.path): \(error.message)", cause: error.cause)
    } catch {
      throw IsocutError(.badData, "\(file.path) is damaged", cause: error)
    }
    self.file = file
    constantProducers = builder.constantProducers
    fileTensors = builder.fileTensors
  }
}
