/// The kinds of a machine's cores, such as big and little ones. Cores of one kind run a stage in the
/// same time; empty where all are alike, as on most servers.
public struct CoreKinds: Hashable, Sendable, Codable {
  private var names: [Int: String]

  /// - Parameter names: the kind of each core by its id.
  public init(_ names: [Int: String] = [:]) {
    self.names = Set(names.values).count > 1 ? names : [:]
  }

  /// The kinds of some cores, such as `capacity 1024` or `2 x capacity 1024 + 1 x capacity 446`; nil
  /// where the machine has one kind only.
  public func name(of cpus: [Int]) -> String? {
    guard !names.isEmpty, !cpus.isEmpty else { return nil }
    let counts = Dictionary(cpus.map { (names[$0] ?? "unknown", 1) }, uniquingKeysWith: +)
    guard counts.count > 1 else { return counts.keys.first }
    return counts.sorted { $0.key < $1.key }.map { "\($0.value) x \($0.key)" }
      .joined(separator: " + ")
  }
}
