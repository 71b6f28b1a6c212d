internal import Foundation
internal import IsocutFormats
internal import IsocutGraph

/// Why a model file does not load, told by what isocut checks itself and by the engine's error code.
enum LoadFailure {
  /// What can be said of a file before the engine sees it.
  static func checkFile(_ path: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw IsocutError(.missingInput, "there is no file \(path)")
    }
    guard !isFolder.boolValue else {
      throw IsocutError(.missingInput, "\(path) is a folder, not a model file")
    }
    guard FileManager.default.isReadableFile(atPath: path) else {
      throw IsocutError(.missingInput, "\(path) cannot be read")
    }
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    guard attributes?[.size] as? Int != 0 else {
      throw IsocutError(.badData, "\(path) is empty")
    }
  }

  /// - Parameter file: the same file, read by isocut; nil reads it where its content matters.
  static func explain(
    _ failure: EngineFailure, path: String, _ file: ONNXFile? = nil
  ) -> IsocutError {
    switch failure.code {
    case .noSuchFile:
      return IsocutError(.missingInput, "\(path) cannot be read", cause: failure)
    case .invalidProtobuf:
      return IsocutError(
        .badData, "\(path) is not an ONNX model, or it is cut short", cause: failure)
    case .fail, .notImplemented, .invalidGraph:
      let unknown = (file ?? (try? ONNXFile(path: path))).map(OperatorNames.unknown) ?? []
      if !unknown.isEmpty {
        let list = unknown.joined(separator: ", ")
        return IsocutError(
          .badData, "\(path) uses operators that onnxruntime does not have: \(list)",
          cause: failure)
      }
    default: break
    }
    return IsocutError(.badData, "onnxruntime refuses \(path)", cause: failure)
  }
}
