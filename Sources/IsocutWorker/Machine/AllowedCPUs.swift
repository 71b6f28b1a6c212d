import CIsocutLinux

/// The cores this thread may use; a request may pin it, and the next one begins unpinned.
struct AllowedCPUs {
  private var cpus: [Int32]

  var ids: [Int] { cpus.map(Int.init) }

  static func current() -> AllowedCPUs {
    var cpus = [Int32](repeating: 0, count: 8192)
    let count = Int(cisocut_allowed_cpus(&cpus, Int32(cpus.count)))
    return AllowedCPUs(cpus: Array(cpus.prefix(max(0, count))))
  }

  func restore() {
    guard !cpus.isEmpty else { return }
    _ = cisocut_pin_current_thread(cpus, Int32(cpus.count))
  }
}
