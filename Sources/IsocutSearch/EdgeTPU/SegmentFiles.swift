import Foundation
import IsocutFormats
package import IsocutGraph

/// The files of an Edge TPU bundle in a folder of their own, as libcoral's partitioner leaves them:
/// of each segment the cut model, the compiled one and the compiler's log.
package enum SegmentFiles {
  /// Copies them out of a bundle; what has the same name is replaced.
  ///
  /// - Returns: the compiled files, in the order of the segments.
  /// - Throws: `IsocutError` `.cannotCreate`.
  package static func copy(_ plan: Plan, from bundle: String, to folder: String) throws
    -> [String]
  {
    let files = FileManager.default
    do {
      for name in try files.contentsOfDirectory(atPath: bundle) where name != PlanFile.name {
        // Whoever reads the folder meanwhile sees the old file or the new one.
        let part = "\(folder)/.\(name).part-\(ProcessInfo.processInfo.processIdentifier)"
        defer { try? files.removeItem(atPath: part) }
        try files.copyItem(atPath: bundle + "/" + name, toPath: part)
        guard rename(part, folder + "/" + name) == 0 else { throw POSIXError.last }
      }
    } catch {
      throw IsocutError(
        cannotCreate: "cannot copy the segments from \(bundle) to \(folder)", cause: error)
    }
    return plan.stages.map { folder + "/" + $0.file }
  }
}

extension POSIXError {
  /// Why the last system call of this thread failed.
  fileprivate static var last: POSIXError { POSIXError(POSIXError.Code(rawValue: errno) ?? .EIO) }
}
