import IsocutBackends
import IsocutFormats
import IsocutProfile
import IsocutWorker

/// Compiled programs by what they were compiled from, kept from one command to the next.
struct ProgramCache: Sendable {
  let folder: String
  /// What commands let the cache grow to.
  private static let maximumBytes = 16 << 30

  /// In the user's cache folder.
  static var ofUser: ProgramCache { ProgramCache(folder: CacheFolder.path + "/programs") }

  /// The folder of a program.
  func place(of record: CompileRecord) throws -> String {
    "\(folder)/\(FileHash.sha256(of: try WorkerCoding.encode(record)))"
  }

  /// Says that a program is in use, and removes others where there are too many.
  func use(_ program: AICProgram) {
    let folder = CacheFolder(folder)
    folder.touch(program.compile.outputFolder)
    folder.prune(toBytes: Self.maximumBytes)
  }
}
