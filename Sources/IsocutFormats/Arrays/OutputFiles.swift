package import Foundation
package import IsocutGraph

/// Outputs of a run as files of one folder: NAME.npy, or NAME.bin for element types NumPy lacks, and
/// a list of them.
package enum OutputFiles {
  /// The list; a folder that holds it was written by isocut.
  package static let marker = "outputs.json"

  package struct Written: Sendable {
    package var spec: TensorSpec
    package var name: String

    package var typeText: String {
      TensorType(element: spec.elementType, fixedShape: spec.shape).description
    }
  }

  /// - Throws: `IsocutError` `.inputOutput` or `.cannotCreate` where a file cannot be written.
  package static func write(
    _ outputs: [(spec: TensorSpec, bytes: Data)], into folder: String
  ) throws -> [Written] {
    var used: Set<String> = [marker]
    let written = try outputs.map { spec, bytes in
      let isNumPy = spec.elementType.numPyCode != nil
      let name = unusedName(for: spec.name, suffix: isNumPy ? ".npy" : ".bin", in: &used)
      let path = folder + "/" + name
      if isNumPy {
        try NumPyArray(elementType: spec.elementType, shape: spec.shape, bytes: Array(bytes))
          .write(toFile: path)
      } else {
        try write(bytes, to: path)
      }
      return Written(spec: spec, name: name)
    }
    let list = written.map { ["name": $0.spec.name, "file": $0.name] }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try write(encoder.encode(list), to: folder + "/" + marker)
    return written
  }

  /// The tensor's name as a file name: what a path or a shell gives a meaning becomes `_`.
  private static func unusedName(
    for name: String, suffix: String, in used: inout Set<String>
  ) -> String {
    var base = String(
      name.map { $0.isLetter || $0.isNumber || "._-".contains($0) ? $0 : "_" }.prefix(200))
    if base.isEmpty || base.hasPrefix(".") { base = "_" + base }
    var candidate = base + suffix
    var number = 1
    while !used.insert(candidate).inserted {
      candidate = "\(base)_\(number)\(suffix)"
      number += 1
    }
    return candidate
  }

  private static func write(_ data: Data, to path: String) throws {
    do {
      try data.write(to: URL(fileURLWithPath: path))
    } catch {
      throw IsocutError(.inputOutput, "cannot write \(path)", cause: error)
    }
  }
}
