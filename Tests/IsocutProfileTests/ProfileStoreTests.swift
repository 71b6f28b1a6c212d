import Foundation
import IsocutGraph
import Testing
import _IsocutTestSupport

@testable import IsocutProfile

@Suite("The profile store") struct ProfileStoreTests {
  static func key(_ stage: String, backend: String = "null") -> MeasurementKey {
    MeasurementKey(
      stage: stage,
      context: .init(
        backend: backend, backendVersion: "1", device: "cpu:1x1", options: "{}", machine: "m"))
  }

  static func measurement(_ milliseconds: Double, samples: [Double]? = nil) -> StageMeasurement {
    let series = Array(repeating: milliseconds, count: 30)
    return StageMeasurement(
      status: .good,
      timing: StageTiming(
        interval: MedianInterval(series), latencyMilliseconds: milliseconds,
        endedBy: .intervalReached, warmUpCount: 3, outliers: OutlierReport(SortedSample(series)),
        disturbance: Disturbance(lostShare: 0, slowdown: 0), repeats: 0, seconds: 0.5,
        samples: samples))
  }

  @Test("gives back exactly what was saved, for exactly that key")
  func roundTrip() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/deeper/profile.sqlite"
    let store = try ProfileStore(path: path)
    let saved = Self.measurement(1 / 3, samples: [0.1, 1e-300, .pi])
    let failed = StageMeasurement(status: .crashed, reason: "it crashed with signal 11 (SIGSEGV)")
    try store.save(saved, for: Self.key("a"))
    try store.save(failed, for: Self.key("b"))
    let again = try ProfileStore(path: path)
    #expect(try again.measurement(for: Self.key("a")) == saved)
    #expect(try again.measurement(for: Self.key("b")) == failed)
    #expect(try again.measurement(for: Self.key("c")) == nil)
    #expect(try again.measurement(for: Self.key("a", backend: "other")) == nil)
    try again.save(Self.measurement(2), for: Self.key("a"))
    #expect(try store.measurement(for: Self.key("a"))?.medianMilliseconds == 2)
    #expect(try store.counts() == [.good: 1, .crashed: 1])
  }

  @Test("lists and prunes by stage, backend, status, age and size")
  func prunes() throws {
    let folder = try TemporaryFolder()
    let store = try ProfileStore(path: folder.path + "/profile.sqlite")
    let rows = (0..<100).map { (index: Int) -> StoredMeasurement in
      let failed = StageMeasurement(status: .failed, reason: "no")
      return StoredMeasurement(
        key: Self.key("stage\(index)", backend: index % 2 == 0 ? "null" : "other"),
        measurement: index % 10 == 0 ? failed : Self.measurement(Double(index)),
        date: Date(timeIntervalSince1970: Double(index)))
    }
    try store.save(rows)
    #expect(try store.list() == rows.reversed())
    #expect(try store.list(StoreSelection(stagePrefix: "stage7")).count == 11)
    #expect(try store.list(StoreSelection(backend: "other", limit: 3)).count == 3)
    #expect(try store.prune(StoreSelection(status: .failed)) == 10)
    #expect(try store.prune(StoreSelection(olderThan: Date(timeIntervalSince1970: 50))) == 45)
    #expect(try store.list().map(\.date).min() == Date(timeIntervalSince1970: 51))
    #expect(try store.prune(StoreSelection(limit: 5)) == 5)
    #expect(try store.list().map(\.date).min() == Date(timeIntervalSince1970: 56))
    let before = try store.usedBytes()
    #expect(try store.prune(toBytes: before) == 0)
    #expect(try store.prune(toBytes: 0) == 40)
    #expect(try store.list().isEmpty)
  }

  @Test("travels as lines of JSON; newer results stay")
  func exports() throws {
    let folder = try TemporaryFolder()
    let store = try ProfileStore(path: folder.path + "/a.sqlite")
    let old = StoredMeasurement(
      key: Self.key("a"), measurement: Self.measurement(1), date: Date(timeIntervalSince1970: 100))
    let other = StoredMeasurement(
      key: Self.key("b"), measurement: StageMeasurement(status: .timedOut, reason: "slow"),
      date: Date(timeIntervalSince1970: 101.5))
    try store.save([old, other])
    var text = Data()
    #expect(try store.export { text += $0 } == 2)
    #expect(String(decoding: text, as: UTF8.self).contains("\"schema_version\":2"))

    let second = try ProfileStore(path: folder.path + "/b.sqlite")
    #expect(try second.importLines(text) == .init(read: 2, taken: 2))
    #expect(try second.list() == store.list())
    try second.save(Self.measurement(9), for: Self.key("a"))
    #expect(try second.importLines(text) == .init(read: 2, taken: 0))
    #expect(try second.measurement(for: Self.key("a"))?.medianMilliseconds == 9)
    let error = #expect(throws: IsocutError.self) {
      try second.importLines(text + Data("no json\n".utf8))
    }
    #expect(error?.code == .badData && error?.message.contains("line 3") == true)
  }

  @Test("keeps figures of several stages and profiles too, lists of them included in what travels")
  func figures() throws {
    let folder = try TemporaryFolder()
    let store = try ProfileStore(path: folder.path + "/a.sqlite")
    let key = FiguresKey(
      kind: .severalStages, subject: "ab", context: Self.key("x", backend: "null").context)
    #expect(try store.figures(for: key, as: [Double].self) == nil)
    try store.save([1.5, 2], for: key)
    #expect(try store.figures(for: key, as: [Double].self) == [1.5, 2])
    // Another version's form is no figure.
    #expect(try store.figures(for: key, as: [String: Int].self) == nil)
    var other = key
    other.kind = .firstCosts
    #expect(try store.figures(for: other, as: [Double].self) == nil)
    var text = Data()
    #expect(try store.export(StoreSelection(stagePrefix: "a")) { text += $0 } == 0)
    #expect(try store.export { text += $0 } == 1)
    let second = try ProfileStore(path: folder.path + "/b.sqlite")
    #expect(try second.importLines(text) == .init(read: 1, taken: 1))
    #expect(try second.figures(for: key, as: [Double].self) == [1.5, 2])
    #expect(try second.prune(StoreSelection(backend: "other")) == 0)
    #expect(try second.prune(StoreSelection(backend: "null")) == 1)
    #expect(try second.figuresCount() == 0)
  }

  @Test("of the first version is taken over with all its results")
  func migrates() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/profile.sqlite"
    try FileManager.default.copyItem(
      atPath: PythonPeer.projectFolder + "/Tests/Fixtures/profile-version-1.sqlite", toPath: path)
    let store = try ProfileStore(path: path)
    #expect(store.notices.isEmpty)
    let results = try store.list()
    #expect(results.count == 3)
    #expect(results.allSatisfy { $0.measurement.medianMilliseconds != nil })
    let key = FiguresKey(
      kind: .firstCosts, subject: "ab", context: try #require(results.first).key.context)
    try store.save([1], for: key)
    #expect(try ProfileStore(path: path).figures(for: key, as: [Int].self) == [1])
  }

  @Test(
    "sets a damaged file aside, says so, and begins anew",
    arguments: ["text", "truncated", "header"])
  func damage(kind: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/profile.sqlite"
    do {
      let store = try ProfileStore(path: path)
      try store.save(
        (0..<500).map {
          StoredMeasurement(key: Self.key("s\($0)"), measurement: Self.measurement(1), date: Date())
        })
      _ = try store.prune(StoreSelection(limit: 1))  // checkpoints the log
    }
    for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    let url = URL(fileURLWithPath: path)
    var bytes = try Data(contentsOf: url)
    switch kind {
    case "text": bytes = Data(String(repeating: "this is no database\n", count: 300).utf8)
    case "truncated": bytes = bytes.prefix(bytes.count / 2 + 100)
    default: bytes.replaceSubrange(100..<140, with: Data(repeating: 0xEE, count: 40))
    }
    try bytes.write(to: url)
    let store = try ProfileStore(path: path)
    #expect(store.notices.count == 1)
    #expect(store.notices.first?.contains("damaged-1") == true)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path + ".damaged-1")) == bytes)
    try store.save(Self.measurement(1), for: Self.key("a"))
    #expect(try ProfileStore(path: path).notices.isEmpty)
  }

  @Test("damage that opening does not see is an error once it shows, and the next command goes on")
  func damageInTheMiddle() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/profile.sqlite"
    do {
      let store = try ProfileStore(path: path)
      try store.save(
        (0..<500).map {
          StoredMeasurement(key: Self.key("s\($0)"), measurement: Self.measurement(1), date: Date())
        })
      _ = try store.prune(StoreSelection(limit: 1))  // checkpoints the log
    }
    for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    let url = URL(fileURLWithPath: path)
    var bytes = try Data(contentsOf: url)
    // The first page holds the schema.
    bytes.replaceSubrange(4096..., with: Data(repeating: 0xEE, count: bytes.count - 4096))
    try bytes.write(to: url)
    do {
      let error = #expect(throws: IsocutError.self) {
        _ = try ProfileStore(path: path).measurement(for: Self.key("s7"))
      }
      #expect(error?.code == .badData)
      #expect(error?.message.contains("was moved to \(path).damaged-1") == true, "\(error as Any)")
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path + ".damaged-1")) == bytes)
    let next = try ProfileStore(path: path)
    #expect(next.notices.isEmpty)
    #expect(try next.count() == 0)
    // Somebody who found the damage late leaves the new store alone.
    #expect(try DamagedStore(path: path).setAside() == nil)
    #expect(try DamagedStore(path: folder.path + "/gone.sqlite").setAside() == nil)
  }

  @Test("what cannot have been measured is not imported", arguments: ["median", "timing", "stage"])
  func implausible(kind: String) throws {
    var stored = StoredMeasurement(
      key: Self.key("a"), measurement: Self.measurement(1), date: Date())
    switch kind {
    case "median": stored.measurement.timing?.interval.median = -5
    case "timing": stored.measurement.timing = nil
    default: stored.key.stage = "a\u{1}"
    }
    let folder = try TemporaryFolder()
    let store = try ProfileStore(path: folder.path + "/profile.sqlite")
    let line = try StoreLine.measurement(stored).encoded()
    #expect(throws: IsocutError.self) { try store.importLines(line) }
    #expect(try store.count() == 0)
  }

  @Test("of a newer isocut, or in a folder that cannot be written, is a clear error")
  func refuses() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/profile.sqlite"
    do { _ = try ProfileStore(path: path) }
    try setVersion(99, of: path)
    let newer = #expect(throws: IsocutError.self) { _ = try ProfileStore(path: path) }
    #expect(newer?.code == .badData)
    #expect(newer?.message.contains("schema version 99") == true)
    let file = try folder.write("", to: "file")
    let folderless = #expect(throws: IsocutError.self) {
      _ = try ProfileStore(path: file + "/profile.sqlite")
    }
    #expect(folderless?.code == .cannotCreate)
  }

  /// The user version is at offset 60 of the file, big-endian (SQLite file format, section 1.3).
  private func setVersion(_ version: UInt8, of path: String) throws {
    let url = URL(fileURLWithPath: path)
    for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    var bytes = try Data(contentsOf: url)
    bytes.replaceSubrange(60..<64, with: [0, 0, 0, version])
    try bytes.write(to: url)
  }

  @Test("is used by several connections at once without a lost row or an error")
  func concurrent() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/profile.sqlite"
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<4 {
        group.addTask {
          let store = try ProfileStore(path: path)
          for row in 0..<50 {
            try store.save(Self.measurement(1), for: Self.key("\(writer)-\(row)"))
            _ = try store.measurement(for: Self.key("0-\(row)"))
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try ProfileStore(path: path).list().count == 200)
  }
}
