package import IsocutFormats

/// Names of constants that the engine makes up when it rewrites a graph.
///
/// It forgets which of them a file already holds: it drops a constant that a rewrite leaves unused,
/// later takes the name for free, and then refuses it ("Attempt to replace the existing tensor").
/// Models that it saved and stages cut from them load at no level above basic then, unless such
/// constants bear names that it would not choose.
package enum EngineMadeNames {
  /// The constants of a file that the engine made, as far as their names tell.
  ///
  /// - Parameter source: the file from which the engine made this one; what is not known there, the
  ///   engine made.
  package static func constants(of file: ONNXFile, madeFrom source: ONNXFile? = nil) -> Set<String>
  {
    let known = source.map { $0.initializerNames.union($0.tensorNames) }
    return file.initializerNames.filter { name in
      guard !name.hasPrefix(ONNXFile.ownNamePrefix) else { return false }
      return isMadeUp(name) || known?.contains(name) == false
    }
  }

  /// A made-up name is a fixed text and, where that is taken, the text with a number; either may be
  /// the stem of another.
  private static func isMadeUp(_ name: String) -> Bool {
    let stem = name.hasSuffix("_new_shape") ? name.dropLast("_new_shape".count) : name[...]
    let digits = stem.reversed().prefix { $0.isASCII && $0.isNumber }.count
    if digits > 0, stem.dropLast(digits).hasSuffix("_token_") { return true }
    return fixedTexts.contains { stem.hasPrefix($0) }
  }

  private static let fixedTexts = [
    "gemm_input_", "gemm_output_", "ortshared_", "const_transpose_optimizer",
  ]
}
