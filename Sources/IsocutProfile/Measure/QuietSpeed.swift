import Foundation
import IsocutGraph
import IsocutWorker

/// How long a pass of fixed work takes on a core without neighbours, in the time of a thousand
/// multiplications that wait for each other: a constant of the kind of core and of how the work was
/// compiled, whatever the clock does.
///
/// A neighbour may be busy for seconds. A process that only knows what it saw itself would then take
/// that for the core's speed, so what one command sees serves the next ones.
struct QuietSpeed {
  /// The lowest ratios of a process that count as chance.
  private static let chances = 2
  /// A figure that nobody saw again for so long is forgotten: it may have been wrong, or the machine
  /// another one.
  static let validSeconds = 86_400.0

  private struct Figure: Codable {
    var ratio: Double
    /// When it was last seen, in seconds since 1970.
    var seen: Double
  }

  private let path: String
  private let machine: MachineDescription
  private let now: Double
  private var known: [String: Figure]
  private var lowest: [String: [Double]] = [:]

  /// - Parameters:
  ///   - folder: where the figures are kept.
  ///   - now: when this is, as far as figures grow old.
  init(
    folder: String = CacheFolder.path, machine: MachineDescription = .current(), now: Date = Date()
  ) {
    path = folder + "/quiet-speed.json"
    self.machine = machine
    self.now = now.timeIntervalSince1970
    known = Self.read(path, at: self.now)
  }

  /// The ratio of a core, where one was seen lately.
  subscript(cpu: Int) -> Double? { known[kind(of: cpu)]?.ratio }

  /// Takes what a look saw, and keeps it where a lower ratio was seen more often than chance makes it.
  mutating func add(_ ratio: Double, of cpu: Int) {
    guard ratio.isFinite, ratio > 0 else { return }
    let kind = kind(of: cpu)
    let ratios = (lowest[kind, default: []] + [ratio]).sorted().prefix(Self.chances + 1)
    lowest[kind] = Array(ratios)
    guard ratios.count > Self.chances, let seen = ratios.last else { return }
    let figure = known[kind]
    let isLower = seen < 0.99 * (figure?.ratio ?? .infinity)
    let isOld = now - (figure?.seen ?? now) > 3_600
    guard isLower || (isOld && seen < 1.02 * (figure?.ratio ?? 0)) else { return }
    known[kind] = Figure(ratio: min(seen, figure?.ratio ?? seen), seen: now)
    save(kind)
  }

  private func kind(of cpu: Int) -> String {
    let core = machine.coreKinds.name(of: [cpu]).map { ", \($0)" } ?? ""
    return
      "\(machine.cpuModel), \(machine.cpuIdentity), \(machine.caches)\(core); \(FixedWork.build)"
  }

  private static func read(_ path: String, at now: Double) -> [String: Figure] {
    guard let data = FileManager.default.contents(atPath: path),
      let figures = try? JSONDecoder().decode([String: Figure].self, from: data)
    else { return [:] }
    return figures.filter {
      $0.value.ratio.isFinite && $0.value.ratio > 0
        && abs(now - $0.value.seen) < Self.validSeconds
    }
  }

  /// Without a folder that can be written each process learns for itself.
  private func save(_ kind: String) {
    var figures = Self.read(path, at: now)
    guard let own = known[kind] else { return }
    figures[kind] = Figure(ratio: min(own.ratio, figures[kind]?.ratio ?? own.ratio), seen: now)
    let url = URL(fileURLWithPath: path)
    try? FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try? JSONEncoder().encode(figures).write(to: url, options: .atomic)
  }
}
