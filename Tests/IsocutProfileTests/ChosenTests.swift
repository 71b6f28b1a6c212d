import IsocutBackends
import IsocutGraph
import IsocutWorker
import Testing

@testable import IsocutProfile

@Suite("What a key holds of a stage") struct ChosenTests {
  private static func keys(_ cpus: [Int], of machine: MachineDescription) throws -> [String] {
    let load = Load(lanes: [Placement(cpus: cpus)], inputs: [], outputs: [], inputPlan: InputPlan())
    let options = RunOptions(optimizationLevel: .all)
    var places: [Int: Int] = [:]
    let alone = ChosenForStage(options, load, .search, on: machine)
    let together = ChosenForStage(options, load, sharing: &places, on: machine)
    return try [alone, together].map {
      String(decoding: try WorkerCoding.encode($0), as: UTF8.self)
    }
  }

  @Test("cores of one kind have one key, alone and beside others; those of two kinds have two")
  func kindsOfCores() throws {
    var machine = MachineDescription.current()
    machine.coreKinds = CoreKinds()
    #expect(try Self.keys([0], of: machine) == Self.keys([1], of: machine))
    machine.coreKinds = CoreKinds([0: "big", 1: "little", 2: "little"])
    let (big, little) = (try Self.keys([0], of: machine), try Self.keys([1], of: machine))
    #expect(try little == Self.keys([2], of: machine))
    #expect(big[0] != little[0] && big[1] != little[1])
  }
}
