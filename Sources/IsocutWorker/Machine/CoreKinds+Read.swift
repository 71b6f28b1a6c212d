package import IsocutGraph

extension CoreKinds {
  /// As the kernel tells them: the core's identification and capacity on ARM, what the two drivers of
  /// performance counters claim on hybrid Intel processors.
  ///
  /// - Parameters:
  ///   - cpus: ids of the cores that may be used.
  ///   - devices: the kernel's folder of devices.
  package static func read(_ cpus: [Int], under devices: String = "/sys/devices") -> CoreKinds {
    let drivers = ["cpu_core", "cpu_atom"].map { driver in
      (driver, Set(ids(SystemFile.line("\(devices)/\(driver)/cpus") ?? "")))
    }
    let names = cpus.map { cpu -> (Int, String) in
      let core = "\(devices)/system/cpu/cpu\(cpu)"
      let parts = [
        SystemFile.line("\(core)/regs/identification/midr_el1").map { "part \($0)" },
        SystemFile.line("\(core)/cpu_capacity").map { "capacity \($0)" },
        drivers.first { $0.1.contains(cpu) }?.0,
      ]
      return (cpu, parts.compactMap { $0 }.joined(separator: ", "))
    }
    return CoreKinds(Dictionary(names, uniquingKeysWith: { first, _ in first }))
  }

  /// The kernel's list of cores, such as `0-3,8`.
  private static func ids(_ list: String) -> [Int] {
    list.split(separator: ",").flatMap { part -> [Int] in
      let ends = part.split(separator: "-").compactMap { Int($0) }
      guard let first = ends.first, let last = ends.last, first <= last else { return [] }
      return Array(first...min(last, first + 8191))
    }
  }
}
