/// What TensorFlow Lite said when a call failed. Decisions are made by `status`; the text is only
/// shown.
struct TFLiteFailure: Error, CustomStringConvertible {
  /// TfLiteStatus.
  static let unresolvedOperators: Int32 = 7

  /// The call that failed.
  var call: String
  var status: Int32
  /// What the engine reported while the call ran, oldest first.
  var log: [String]

  var description: String {
    "tflite: \(call) failed with status \(status)" + log.map { "\n  reported: " + $0 }.joined()
  }
}
