import Crypto
import Foundation
import IsocutBackends
import IsocutFormats
import IsocutGraph
import IsocutWorker

/// What a vendor's compiler made of one file.
package struct CompiledFile: Hashable, Sendable, Codable {
  /// The compiled file, then the compiler's log.
  package var files: [String]
  /// What the compiler said, as far as it matters to a reader.
  package var report: [String]

  package var path: String { files.first ?? "" }
}

/// Compiled files, kept from one command to the next: a compiler may take minutes.
struct CompiledFileCache: Sendable {
  /// What commands let the cache grow to.
  private static let maximumBytes = 4 << 30
  private static let entryName = "entry.json"

  /// A folder for what is compiled now, with what it is to hold in the end.
  private struct Entry: Codable {
    var compiled: [CompiledFile]
    /// Of each file of each of them: one that was cut short is not used.
    var bytes: [[Int]]
  }

  private let folder: CacheFolder

  /// - Parameter folder: nil takes `isocut/compiled` in the user's cache folder.
  init(folder: String? = nil) {
    self.folder = CacheFolder(folder ?? CacheFolder.path + "/compiled")
  }

  var canBeWritten: Bool { folder.canBeWritten }

  /// The name of what is made from files of these hashes.
  static func name(_ hashes: [String], segments: Int, _ compiler: String) -> String {
    let content = hashes + [String(segments), compiler]
    return SHA256.hash(data: Data(content.joined(separator: "\n").utf8)).hexadecimal
  }

  /// What is kept under a name; nil where nothing is, or not whole.
  func compiled(_ name: String) -> [CompiledFile]? { entry(in: folder.place(of: name)) }

  /// Makes what a name stands for.
  ///
  /// - Parameter make: writes into the empty folder it gets; each artifact's files are kept.
  /// - Throws: what `make` throws, after which nothing is kept; `IsocutError` `.cannotCreate`,
  ///   `.inputOutput`.
  func make(
    _ name: String, _ make: @Sendable (String) async throws -> [Artifact]
  ) async throws -> [CompiledFile] {
    let part = try folder.makePart()
    defer { try? FileManager.default.removeItem(atPath: part) }
    let compiled = try await make(part).map { artifact in
      CompiledFile(
        files: artifact.files.map { URL(fileURLWithPath: $0).lastPathComponent },
        report: artifact.report)
    }
    let entry = Entry(
      compiled: compiled,
      bytes: compiled.map { $0.files.map { CacheFolder.bytes(ofFile: "\(part)/\($0)") ?? -1 } })
    do {
      try WorkerCoding.encode(entry).write(to: URL(fileURLWithPath: "\(part)/\(Self.entryName)"))
    } catch {
      throw IsocutError(.inputOutput, "cannot write to \(folder.folder)", cause: error)
    }
    folder.keep(part, as: name) { self.entry(in: $0) != nil }
    folder.prune(toBytes: Self.maximumBytes)
    guard let kept = self.entry(in: folder.place(of: name)) else {
      throw IsocutError(.inputOutput, "cannot keep compiled files in \(folder.place(of: name))")
    }
    return kept
  }

  private func entry(in place: String) -> [CompiledFile]? {
    guard let data = FileManager.default.contents(atPath: "\(place)/\(Self.entryName)"),
      let entry = try? WorkerCoding.decode(Entry.self, from: data)
    else { return nil }
    let compiled = entry.compiled.map { file in
      CompiledFile(files: file.files.map { "\(place)/\($0)" }, report: file.report)
    }
    guard compiled.map({ $0.files.map { CacheFolder.bytes(ofFile: $0) ?? -2 } }) == entry.bytes
    else {
      return nil
    }
    folder.touch(place)
    return compiled
  }
}
