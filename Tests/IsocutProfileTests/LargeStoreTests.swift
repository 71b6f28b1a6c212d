import Foundation
import IsocutGraph
import Testing
import _IsocutTestSupport

@testable import IsocutProfile

/// Suites that take long, switched on by `ISOCUT_LONG_TESTS=1` (`scripts/test`).
enum LongTests {
  static let areOn = ["1", "all"].contains(
    ProcessInfo.processInfo.environment["ISOCUT_LONG_TESTS"] ?? "")
}

@Suite("A store of a million results", .enabled(if: LongTests.areOn, "a long test"))
struct LargeStoreTests {
  private static let count = 1_000_000

  @Test("opens and answers in a process of its own, and says how quickly")
  func answers() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/profile.sqlite"
    do {
      let store = try ProfileStore(path: path)
      let measurement = ProfileStoreTests.measurement(1.5)
      for begin in stride(from: 0, to: Self.count, by: 20_000) {
        try store.save(
          (begin..<begin + 20_000).map { number in
            var key = ProfileStoreTests.key(Self.key(number))
            key.context.device = "cpu\(number % 20)"
            return StoredMeasurement(
              key: key, measurement: measurement,
              date: Date(timeIntervalSince1970: Double(number)))
          })
      }
      #expect(try store.count() == Self.count)
    }
    var best = (open: Double.infinity, answer: Double.infinity)
    for number in [0, 123_456, 999_999, 500_001] {
      let line = try find(path, Self.key(number), "cpu\(number % 20)")
      let times = try #require(line.firstMatch(of: #/open ([0-9.e-]+) ms, answer ([0-9.e-]+) ms/#))
      best.open = min(best.open, Double(times.1) ?? .infinity)
      best.answer = min(best.answer, Double(times.2) ?? .infinity)
      #expect(line.hasSuffix("found true"))
    }
    print(
      "a store of \(Self.count) results: opens in \(best.open) ms, answers in \(best.answer) ms")
  }

  /// Spread over all keys as hashes are.
  private static func key(_ number: Int) -> String {
    let hash = UInt64(truncatingIfNeeded: number) &* 0x9E37_79B9_7F4A_7C15
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
      + String(repeating: "a", count: 48)
  }

  private func find(_ path: String, _ stage: String, _ device: String) throws -> String {
    try TestProcess.run([TestWorkerCommand.path(), "--find", path, stage, device])
      .output.trimmingCharacters(in: .newlines)
  }
}
