import Crypto
import Foundation
package import IsocutBackends
import IsocutFormats
import IsocutGraph
import IsocutWorker

/// Prepared models, kept from one command to the next: preparing runs the engine over the whole
/// model, and everything after it depends only on its result.
package struct PreparedModelCache: Sendable {
  /// What a prepared model depends on.
  package struct Key: Hashable, Sendable {
    let name: String
    /// - Parameters:
    ///   - modelSHA256: of the model's file and of all files it refers to.
    ///   - request: its path does not count, and of its files their contents.
    ///   - toolVersion: an entry of another isocut is never read.
    ///   - revision: of the preparation itself, so that builds of one version differ too.
    package init(
      modelSHA256: String, _ request: PrepareRequest, backend: String, backendVersion: String,
      toolVersion: String, revision: Int = PreparedModel.revision
    ) throws {
      struct Content: Encodable {
        var model: String
        var request: PrepareRequest
        var backend: String
        var version: String
        var toolVersion: String
        var revision: Int
      }
      var request = request
      request.modelPath = ""
      request.inputs = request.inputs.withHashedFiles()
      let content = Content(
        model: modelSHA256, request: request, backend: backend, version: backendVersion,
        toolVersion: toolVersion, revision: revision)
      name = SHA256.hash(data: try WorkerCoding.encode(content)).hexadecimal
    }
  }

  private struct Entry: Codable {
    var model: PreparedModel
    /// Of the prepared file: one that was cut short is not used.
    var bytes: Int
  }

  private static let entryName = "entry.json"

  /// What commands let the cache grow to.
  static let maximumBytes = 4 << 30

  private let folder: CacheFolder

  /// - Parameter folder: nil takes `isocut/prepared` in the user's cache folder.
  package init(folder: String? = nil) {
    self.folder = CacheFolder(folder ?? CacheFolder.path + "/prepared")
  }

  /// Whether a command may write there; where it may not, it works without a cache.
  var canBeWritten: Bool { folder.canBeWritten }

  /// The prepared model of a key: the one kept, or the one that `make` makes now.
  ///
  /// - Parameter make: gets an empty folder to write into.
  /// - Throws: what `make` throws, after which nothing is kept; `IsocutError` `.cannotCreate` where
  ///   the cache cannot be written.
  package func model(
    for key: Key, make: @Sendable (String) async throws -> PreparedModel
  ) async throws -> PreparedModel {
    if let known = entry(in: folder.place(of: key.name)) { return known }
    let part = try folder.makePart()
    defer { try? FileManager.default.removeItem(atPath: part) }
    var model = try await make(part)
    try keep(&model, from: part, as: key.name)
    return model
  }

  private func entry(in place: String) -> PreparedModel? {
    guard let data = FileManager.default.contents(atPath: "\(place)/\(Self.entryName)"),
      let entry = try? WorkerCoding.decode(Entry.self, from: data)
    else { return nil }
    var model = entry.model
    model.path = "\(place)/\(model.path)"
    guard CacheFolder.bytes(ofFile: model.path) == entry.bytes else { return nil }
    folder.touch(place)
    return model
  }

  /// Moves the folder to its place, where another process may have been quicker.
  private func keep(_ model: inout PreparedModel, from part: String, as name: String) throws {
    guard model.path.hasPrefix(part + "/") else { return }  // made elsewhere: nothing to keep
    var stored = model
    stored.path = String(model.path.dropFirst(part.count + 1))
    let entry = Entry(model: stored, bytes: CacheFolder.bytes(ofFile: model.path) ?? -1)
    do {
      try WorkerCoding.encode(entry).write(to: URL(fileURLWithPath: "\(part)/\(Self.entryName)"))
    } catch {
      throw IsocutError(
        .inputOutput, "cannot keep the prepared model in \(folder.folder)", cause: error)
    }
    folder.keep(part, as: name) { self.entry(in: $0) != nil }
    guard let kept = self.entry(in: folder.place(of: name)) else {
      throw IsocutError(
        .inputOutput, "cannot keep the prepared model in \(folder.place(of: name))")
    }
    model = kept
  }

  /// Removes what was not used for longest until the rest is below a size.
  ///
  /// - Returns: how many entries were removed.
  package func prune(toBytes limit: Int) -> Int { folder.prune(toBytes: limit) }
}
