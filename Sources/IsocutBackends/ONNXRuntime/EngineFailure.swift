/// What ONNX Runtime said when a call failed. Decisions are made by `code`; the text is only shown.
struct EngineFailure: Error, CustomStringConvertible {
  /// OrtErrorCode.
  enum Code: Int32 {
    case fail = 1
    case invalidArgument, noSuchFile, noModel, engineError, runtimeException, invalidProtobuf
    case modelLoaded, notImplemented, invalidGraph, providerFailure
  }

  /// Nil for a number that this version of isocut does not know.
  var code: Code?
  var message: String
  /// What the engine logged while the call ran, oldest first.
  var log: [String] = []

  /// The first line only: the rest repeats it with places in the engine's own source.
  var firstLine: String {
    message.split(separator: "\n", maxSplits: 1).first.map(String.init) ?? "no message"
  }

  var description: String {
    "onnxruntime: " + firstLine + log.map { "\n  logged: " + $0 }.joined()
  }
}
