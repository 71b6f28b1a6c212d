internal import Foundation

/// TFLite models of the tests: a few are in the project, more come through `scripts/setup`.
package enum TFLiteSample {
  /// The models that are in the project.
  package static let small = [
    "split_concat", "keras_lstm_mnist_ptq", "mobilenet_v1_0.25_128_quant",
  ]

  /// Models that `scripts/setup` takes from packages.
  package static let packaged = [
    "alexa", "hey_jarvis", "hey_mycroft", "okay_nabu", "hey_rhasspy", "melspectrogram",
    "embedding_model", "face_detection_back", "face_detection_full_range",
    "face_detection_full_range_sparse", "face_landmark", "iris_landmark",
  ]

  /// Shapes that a model needs instead of those in its file.
  package static let shapes = ["melspectrogram": ["serving_default_input:0": [1, 1280]]]

  /// Where a model is; nil where it is neither in the project nor set up.
  package static func path(_ name: String) -> String? {
    ["/Tests/Data/tflite", "/.setup/models/tflite", "/Tests/Data/tflite/pipeline"]
      .map { "\(root)\($0)/\(name).tflite" }.first(where: FileManager.default.fileExists)
  }

  /// Those of the names that are here.
  package static func present(_ names: [String]) -> [String] { names.filter { path($0) != nil } }

  /// A row of a CSV file beside the models, by column name.
  package struct Row: Sendable {
    package let columns: [String: String]
    package subscript(column: String) -> String { columns[column] ?? "" }
    package func number(_ column: String) -> Int { Int(self[column]) ?? -1 }
    /// The model's name without suffix.
    package var model: String { String(self["file"].dropLast(".tflite".count)) }
  }

  /// The rows of a CSV file beside the models; commas may stand inside double quotes.
  package static func rows(_ file: String) -> [Row] {
    let text = try? String(contentsOfFile: root + "/Tests/Data/tflite/\(file)", encoding: .utf8)
    var lines = (text ?? "").split(whereSeparator: \.isNewline).map { line -> [String] in
      var cells = [""]
      var isQuoted = false
      for character in line {
        switch character {
        case "\"": isQuoted.toggle()
        case "," where !isQuoted: cells.append("")
        default: cells[cells.count - 1].append(character)
        }
      }
      return cells
    }
    guard !lines.isEmpty else { return [] }
    let header = lines.removeFirst()
    return lines.map { Row(columns: Dictionary(zip(header, $0), uniquingKeysWith: { $1 })) }
  }

  /// The rows of `manifest.csv` whose model is here.
  package static let manifest = rows("manifest.csv").filter { path($0.model) != nil }

  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
}
