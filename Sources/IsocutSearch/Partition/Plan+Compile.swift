import Foundation
import IsocutBackends
import IsocutFormats
import IsocutGraph

extension Plan {
  /// Puts what the vendor's compiler makes of each stage in the place of its file, which stays
  /// beside it.
  ///
  /// - Throws: `IsocutError` `.vendorTool`.
  mutating func compileStages(on backend: any Backend, in folder: String) throws {
    for index in stages.indices {
      let artifacts = try backend.compile(
        .stage(file: folder + "/" + stages[index].file, options: RunOptions()))
      guard let artifact = artifacts.first, let file = artifact.files.first else { continue }
      stages[index].file = URL(fileURLWithPath: file).lastPathComponent
      stages[index].sha256 = try FileHash.sha256(ofFile: file)
      notes += artifact.report.map { "Stage \(index): \($0)." }
    }
  }
}
