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
    /// Rises when preparing gives another result for the same request.
    private static let form = 1

    /// - Parameters:
    ///   - modelSHA256: of the model's file and of all files it refers to.
    ///   - request: its path does not count, and of its files their contents.
    package init(
      modelSHA256: String, _ request: PrepareRequest, backend: String, backendVersion: String,
      toolVersion: String
    ) throws {
      struct Content: Encodable {
        var model: String
        var request: PrepareRequest
        var backend: String
        var version: String
        var toolVersion: String
        var form: Int
      }
      var request = request
      request.modelPath = ""
      request.inputs = request.inputs.withHashedFiles()
      let content = Content(
        model: modelSHA256, request: request, backend: backend, version: backendVersion,
        toolVersion: toolVersion, form: Self.form)
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

  private let folder: String

  /// - Parameter folder: nil takes `isocut/prepared` in the user's cache folder.
  package init(folder: String? = nil) {
    self.folder = folder ?? CacheFolder.path + "/prepared"
  }

  /// Whether a command may write there; where it may not, it works without a cache.
  var canBeWritten: Bool {
    let files = FileManager.default
    try? files.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return files.isWritableFile(atPath: folder)
  }

  /// The prepared model of a key: the one kept, or the one that `make` makes now.
  ///
  /// - Parameter make: gets an empty folder to write into.
  /// - Throws: what `make` throws, after which nothing is kept; `IsocutError` `.cannotCreate` where
  ///   the cache cannot be written.
  package func model(
    for key: Key, make: @Sendable (String) async throws -> PreparedModel
  ) async throws -> PreparedModel {
    let place = "\(folder)/\(key.name)"
    if let known = entry(in: place) { return known }
    let files = FileManager.default
    let part = "\(folder)/.part-\(UUID().uuidString)"
    do {
      try files.createDirectory(atPath: part, withIntermediateDirectories: true)
    } catch {
      throw IsocutError(
        .cannotCreate,
        "cannot write the cache folder \(folder); set XDG_CACHE_HOME to one that can be written",
        cause: error)
    }
    defer { try? files.removeItem(atPath: part) }
    var model = try await make(part)
    try keep(&model, from: part, at: place)
    return model
  }

  private func entry(in place: String) -> PreparedModel? {
    let files = FileManager.default
    guard let data = files.contents(atPath: "\(place)/\(Self.entryName)"),
      let entry = try? WorkerCoding.decode(Entry.self, from: data)
    else { return nil }
    var model = entry.model
    model.path = "\(place)/\(model.path)"
    guard Self.bytes(of: model.path) == entry.bytes else { return nil }
    try? files.setAttributes([.modificationDate: Date()], ofItemAtPath: place)
    return model
  }

  /// Moves the folder to its place, where another process may have been quicker.
  private func keep(_ model: inout PreparedModel, from part: String, at place: String) throws {
    guard model.path.hasPrefix(part + "/") else { return }  // made elsewhere: nothing to keep
    let name = String(model.path.dropFirst(part.count + 1))
    var stored = model
    stored.path = name
    let entry = Entry(model: stored, bytes: Self.bytes(of: model.path) ?? -1)
    let files = FileManager.default
    do {
      try WorkerCoding.encode(entry).write(to: URL(fileURLWithPath: "\(part)/\(Self.entryName)"))
      if self.entry(in: place) == nil {
        try? files.removeItem(atPath: place)
        try? files.moveItem(atPath: part, toPath: place)
      }
    } catch {
      throw IsocutError(
        .inputOutput, "cannot keep the prepared model in \(folder)", cause: error)
    }
    guard let kept = self.entry(in: place) else {
      throw IsocutError(.inputOutput, "cannot keep the prepared model in \(place)")
    }
    model = kept
  }

  /// Removes what was not used for longest until the rest is below a size, and what killed commands
  /// left.
  ///
  /// - Returns: how many entries were removed.
  package func prune(toBytes limit: Int) -> Int { CacheFolder.prune(folder, toBytes: limit) }

  private static func bytes(of path: String) -> Int? { CacheFolder.bytes(ofFile: path) }
}
