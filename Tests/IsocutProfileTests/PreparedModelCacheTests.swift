import Foundation
import IsocutBackends
import IsocutFormats
import IsocutGraph
import Synchronization
import Testing

@testable import IsocutProfile

@Suite("The cache of prepared models") struct PreparedModelCacheTests {
  private static func model(in folder: String) throws -> PreparedModel {
    let path = folder + "/prepared.onnx"
    try Data("model".utf8).write(to: URL(fileURLWithPath: path))
    return PreparedModel(
      path: path, sha256: "00", format: .onnx, isFolded: true, isDynamic: false, inputs: [],
      outputs: [], tensors: [:], pinned: [:], notes: [])
  }

  private static func key(
    _ shape: [Int] = [1], toolVersion: String = "test", revision: Int = PreparedModel.revision
  ) throws -> PreparedModelCache.Key {
    try PreparedModelCache.Key(
      modelSHA256: "abc", PrepareRequest(modelPath: "anywhere", shapes: ["x": shape]),
      backend: "null", backendVersion: "1", toolVersion: toolVersion, revision: revision)
  }

  @Test("makes a model once, and again where its file was cut short")
  func once() async throws {
    let folder = try TemporaryFolder()
    let cache = PreparedModelCache(folder: folder.path + "/prepared")
    let first = try await cache.model(for: Self.key()) { try Self.model(in: $0) }
    #expect(FileManager.default.fileExists(atPath: first.path))
    let second = try await cache.model(for: Self.key()) { _ in
      throw IsocutError(.internalError, "asked again")
    }
    #expect(second == first)
    let other = try await cache.model(for: Self.key([2])) { try Self.model(in: $0) }
    #expect(other.path != first.path)
    try Data("mod".utf8).write(to: URL(fileURLWithPath: first.path))
    let third = try await cache.model(for: Self.key()) { try Self.model(in: $0) }
    #expect(third == first)
    #expect(FileManager.default.contents(atPath: third.path) == Data("model".utf8))
  }

  @Test("never gives what another isocut prepared, or this one before its preparation changed")
  func otherPreparation() async throws {
    let folder = try TemporaryFolder()
    let cache = PreparedModelCache(folder: folder.path)
    let first = try await cache.model(for: Self.key()) { try Self.model(in: $0) }
    let others = [
      try Self.key(toolVersion: "newer"), try Self.key(revision: PreparedModel.revision + 1),
    ]
    for other in others {
      let model = try await cache.model(for: other) { try Self.model(in: $0) }
      #expect(model.path != first.path)
    }
  }

  @Test("keeps nothing of a preparation that failed, and one of two made at once")
  func failure() async throws {
    let folder = try TemporaryFolder()
    let cache = PreparedModelCache(folder: folder.path)
    await #expect(throws: IsocutError.self) {
      _ = try await cache.model(for: Self.key()) { part in
        _ = try Self.model(in: part)
        throw IsocutError(.badData, "no")
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    let outer = try await cache.model(for: Self.key()) { part in
      _ = try await cache.model(for: Self.key()) { try Self.model(in: $0) }
      return try Self.model(in: part)
    }
    #expect(FileManager.default.fileExists(atPath: outer.path))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
  }

  @Test("forgets what was not used for longest, never what is in use")
  func prunes() async throws {
    let folder = try TemporaryFolder()
    let cache = PreparedModelCache(folder: folder.path)
    for (size, age) in [(1, 9000.0), (2, 8000), (3, 0)] {
      let model = try await cache.model(for: Self.key([size])) { try Self.model(in: $0) }
      let place = URL(fileURLWithPath: model.path).deletingLastPathComponent().path
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: place)
    }
    #expect(cache.prune(toBytes: 1 << 20) == 0)
    #expect(cache.prune(toBytes: 0) == 2)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
  }
}
