package import IsocutGraph

extension CoreKinds {
  /// Of all cores of this machine, whichever may be used: what the two drivers of performance
  /// counters claim on hybrid Intel processors, elsewhere (ARM) a core's identification and capacity.
  ///
  /// - Parameter devices: the kernel's folder of devices.
  package static func read(under devices: String = "/sys/devices") -> CoreKinds {
    let drivers = ["cpu_core", "cpu_atom"].map { driver in
      (driver, Set(ids(SystemFile.line("\(devices)/\(driver)/cpus") ?? "")))
    }
    let isHybrid = drivers.contains { !$0.1.isEmpty }
    let names = ids(SystemFile.line("\(devices)/system/cpu/present") ?? "").map { cpu in
      if isHybrid { return (cpu, drivers.first { $0.1.contains(cpu) }?.0 ?? "other") }
      let core = "\(devices)/system/cpu/cpu\(cpu)"
      let parts = [
        SystemFile.line("\(core)/regs/identification/midr_el1").map { "part \($0)" },
        SystemFile.line("\(core)/cpu_capacity").map { "capacity \($0)" },
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
