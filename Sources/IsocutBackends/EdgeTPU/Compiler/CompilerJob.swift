import Foundation

/// One run of `edgetpu_compiler`, and the files it leaves.
package struct CompilerJob: Hashable, Sendable {
  package var model: String
  /// Where the compiled files and their logs go; it must exist.
  package var outputFolder: String
  /// More than one lets the compiler cut the model into segments of about equal parameter bytes.
  package var segmentCount = 1
  /// Operators that the compiler leaves to the CPU at each retry of a model it cannot map whole.
  package var delegateSearchStep = 1

  package init(
    model: String, outputFolder: String, segmentCount: Int = 1, delegateSearchStep: Int = 1
  ) {
    // A path that begins with a dash would be an option.
    self.model = URL(fileURLWithPath: model).path
    self.outputFolder = URL(fileURLWithPath: outputFolder).path
    self.segmentCount = segmentCount
    self.delegateSearchStep = delegateSearchStep
  }

  /// In the form and order of libcoral's partitioner.
  var arguments: [String] {
    [
      "--search_delegate", "--out_dir=" + outputFolder, "--num_segments=\(segmentCount)", model,
      "--delegate_search_step=\(delegateSearchStep)",
    ]
  }

  /// The compiled model of each segment.
  package var compiledFiles: [String] { stems.map { $0 + "_edgetpu.tflite" } }
  /// The operator table of each segment.
  package var logFiles: [String] { stems.map { $0 + "_edgetpu.log" } }
  /// The segments before they are compiled; none where the model is compiled whole.
  package var cutFiles: [String] { segmentCount > 1 ? stems.map { $0 + ".tflite" } : [] }

  /// For messages.
  func name(ofSegment index: Int) -> String {
    let file = URL(fileURLWithPath: model).lastPathComponent
    return segmentCount > 1 ? "segment \(index) of \(segmentCount) of \(file)" : file
  }

  private var stems: [String] {
    let name = URL(fileURLWithPath: model).lastPathComponent
    let stem = name.hasSuffix(".tflite") ? String(name.dropLast(".tflite".count)) : name
    let base = outputFolder + "/" + stem
    guard segmentCount > 1 else { return [base] }
    return (0..<segmentCount).map { "\(base)_segment_\($0)_of_\(segmentCount)" }
  }
}
