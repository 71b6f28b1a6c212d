import Foundation
import Glibc
package import IsocutGraph

/// What of a machine decides how fast a stage runs on it: part of a measurement's key.
package struct MachineDescription: Hashable, Sendable, Codable {
  package var cpuModel: String
  /// What the processor says of itself beside its name, which on virtual machines may be that of
  /// several generations: `family 25, model 1, stepping 1`, or part numbers on ARM.
  package var cpuIdentity: String
  /// Cores that this process may use.
  package var cores: Int
  package var coreKinds: CoreKinds
  /// Sizes of the first core's caches as the kernel names them, such as `L1d 32K, L2 512K, L3 32768K`.
  package var caches: String
  /// How the first core's clock is governed; `none` where the system does not say.
  package var governor: String
  /// Kernel name, release and architecture.
  package var system: String
  /// Physical memory, or the control group's limit where that is less.
  package var memoryBytes: UInt64

  package init(
    cpuModel: String, cpuIdentity: String, cores: Int, coreKinds: CoreKinds, caches: String,
    governor: String, system: String, memoryBytes: UInt64
  ) {
    self.cpuModel = cpuModel
    self.cpuIdentity = cpuIdentity
    self.cores = cores
    self.coreKinds = coreKinds
    self.caches = caches
    self.governor = governor
    self.system = system
    self.memoryBytes = memoryBytes
  }

  /// The machine this process is on. What cannot be read is `unknown`.
  package static func current() -> MachineDescription {
    let cpus = AllowedCPUs.current().ids
    let processor = processorFields()
    return MachineDescription(
      cpuModel: cpuModel(processor), cpuIdentity: cpuIdentity(processor), cores: max(1, cpus.count),
      coreKinds: .read(), caches: caches(),
      governor: SystemFile.line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor") ?? "none",
      system: system(), memoryBytes: memory())
  }

  private static func cpuModel(_ fields: [String: String]) -> String {
    let names = ["model name", "Hardware", "Model"]  // x86, older ARM boards, newer ones
    return names.compactMap { fields[$0] }.first ?? "unknown"
  }

  private static func cpuIdentity(_ fields: [String: String]) -> String {
    let names = [
      ("cpu family", "family"), ("model", "model"), ("stepping", "stepping"),
      ("CPU implementer", "implementer"), ("CPU part", "part"), ("CPU revision", "revision"),
    ]
    let found = names.compactMap { field, name in fields[field].map { "\(name) \($0)" } }
    return found.isEmpty ? "unknown" : found.joined(separator: ", ")
  }

  /// What `/proc/cpuinfo` says of its first processor, and of all.
  private static func processorFields() -> [String: String] {
    let lines = SystemFile.text("/proc/cpuinfo")?.split(separator: "\n") ?? []
    let fields = lines.compactMap { line -> (String, String)? in
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { return nil }
      return (
        parts[0].trimmingCharacters(in: .whitespaces), parts[1].trimmingCharacters(in: .whitespaces)
      )
    }
    return Dictionary(fields, uniquingKeysWith: { first, _ in first })
  }

  private static func caches() -> String {
    let folder = "/sys/devices/system/cpu/cpu0/cache"
    let found = (0..<8).compactMap { index -> String? in
      guard let level = SystemFile.line("\(folder)/index\(index)/level"),
        let kind = SystemFile.line("\(folder)/index\(index)/type"), kind != "Instruction",
        let size = SystemFile.line("\(folder)/index\(index)/size")
      else { return nil }
      return "L\(level)\(kind == "Data" ? "d" : "") \(size)"
    }
    return found.isEmpty ? "unknown" : found.joined(separator: ", ")
  }

  private static func system() -> String {
    var names = utsname()
    guard uname(&names) == 0 else { return "unknown" }
    func field<Tuple>(_ tuple: Tuple) -> String {
      withUnsafeBytes(of: tuple) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
    return "\(field(names.sysname)) \(field(names.release)) \(field(names.machine))"
  }

  private static func memory() -> UInt64 {
    let pages = UInt64(max(0, sysconf(Int32(_SC_PHYS_PAGES))))
    let physical = pages * UInt64(max(0, sysconf(Int32(_SC_PAGESIZE))))
    let group = SystemFile.line("/sys/fs/cgroup/memory.max").flatMap(UInt64.init)
    return group.map { min($0, physical) } ?? physical
  }
}
