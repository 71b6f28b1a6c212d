import Foundation
import IsocutGraph
import Testing
import _IsocutTestSupport

@testable import IsocutWorker

@Suite("Kinds of cores") struct CoreKindsTests {
  @Test("are read from the capacities of an ARM board and the drivers of a hybrid Intel processor")
  func reads() throws {
    try withTemporaryFolder { folder in
      func write(_ text: String, _ path: String) throws {
        let url = URL(fileURLWithPath: folder + "/" + path)
        try FileManager.default.createDirectory(
          at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data((text + "\n").utf8).write(to: url)
      }
      #expect(CoreKinds.read(under: folder) == CoreKinds())
      try write("0-3", "arm/system/cpu/present")
      for (cpu, capacity) in [446, 446, 1024, 1024].enumerated() {
        try write("\(capacity)", "arm/system/cpu/cpu\(cpu)/cpu_capacity")
      }
      let arm = CoreKinds.read(under: folder + "/arm")
      #expect(arm.name(of: [1]) == "capacity 446" && arm.name(of: [2, 3]) == "capacity 1024")
      try write("0-9", "intel/system/cpu/present")
      try write("0-3,8", "intel/cpu_core/cpus")
      try write("4-7", "intel/cpu_atom/cpus")
      // Favoured cores of one kind may have another capacity.
      try write("1009", "intel/system/cpu/cpu0/cpu_capacity")
      let intel = CoreKinds.read(under: folder + "/intel")
      #expect(intel.name(of: [0, 8, 4]) == "1 x cpu_atom + 2 x cpu_core")
      #expect(intel.name(of: [9]) == "other")
      try write("0-1", "server/system/cpu/present")
      #expect(CoreKinds.read(under: folder + "/server") == CoreKinds())
    }
  }

  @Test("of this machine are read") func ofThisMachine() {
    let machine = MachineDescription.current()
    #expect(machine.coreKinds == CoreKinds.read())
  }
}
