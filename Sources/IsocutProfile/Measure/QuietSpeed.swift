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
  /// The lowest ratios of this process that count as chance.
  private static let chances = 2

  private let folder: String
  private let machine: MachineDescription
  private var known: [String: Double]
  private var lowest: [String: [Double]] = [:]

  /// - Parameter folder: where the figures are kept.
  init(folder: String = CacheFolder.path, machine: MachineDescription = .current()) {
    self.folder = folder
    self.machine = machine
    known = Self.read(folder)
  }

  /// The ratio of a core, where one was ever seen.
  subscript(cpu: Int) -> Double? { known[kind(of: cpu)] }

  /// Takes what a look saw, and keeps it where a lower ratio was seen more often than chance makes it.
  mutating func add(_ ratio: Double, of cpu: Int) {
    guard ratio.isFinite, ratio > 0 else { return }
    let kind = kind(of: cpu)
    let ratios = (lowest[kind, default: []] + [ratio]).sorted().prefix(Self.chances + 1)
    lowest[kind] = Array(ratios)
    guard ratios.count > Self.chances, let seen = ratios.last,
      seen < 0.99 * (self[cpu] ?? .infinity)
    else { return }
    known[kind] = seen
    save()
  }

  private func kind(of cpu: Int) -> String {
    let core = machine.coreKinds.name(of: [cpu]).map { ", \($0)" } ?? ""
    return "\(machine.cpuModel)\(core); work \(FixedWork.build)"
  }

  private static func path(_ folder: String) -> String { folder + "/quiet-speed.json" }

  private static func read(_ folder: String) -> [String: Double] {
    guard let data = FileManager.default.contents(atPath: path(folder)),
      let figures = try? JSONDecoder().decode([String: Double].self, from: data)
    else { return [:] }
    return figures.filter { $0.value.isFinite && $0.value > 0 }
  }

  /// Without a folder that can be written each process learns for itself.
  private func save() {
    let figures = Self.read(folder).merging(known) { min($0, $1) }
    try? FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
    try? JSONEncoder().encode(figures).write(
      to: URL(fileURLWithPath: Self.path(folder)), options: .atomic)
  }
}
