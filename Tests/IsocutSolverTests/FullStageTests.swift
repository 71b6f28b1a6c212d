import IsocutGraph
import IsocutSolver
import Testing
import _IsocutTestSupport

/// Stages that leave room for what was closed to them are given up before they are finished: the
/// answer must be as if all had been.
@Suite struct FullStageTests {
  /// What may still join is counted with its times on the stage's own kind: the other kind runs
  /// some operators in no time.
  @Test func kindsThatAreFastAtDifferentOperators() throws {
    let accelerator = DeviceKind(rawValue: "acc")
    let devices = [
      StageDevice(kind: accelerator), StageDevice(kind: accelerator), StageDevice(kind: .cpu),
    ]
    let problem = Problem(
      operatorCount: 7, successors: [[4], [4, 6], [5], [4, 5], [5], [6], []], devices: devices,
      times: [accelerator: [9, 3, 3, 8, 1, 9, 6], .cpu: [1, 5, 7, 0, 7, 1, .infinity]],
      nets: [
        Net(producer: 0, consumers: [4], cost: 2), Net(producer: 1, consumers: [4, 6], cost: 1),
        Net(producer: 3, consumers: [4, 6], cost: 1), Net(producer: 5, consumers: [6], cost: 1),
        Net(producer: 6, consumers: [1, 4], cost: 1),
      ])
    try expectOptimal(problem, "two kinds")
    #expect(try solve(problem).bottleneck == 23)
  }

  /// Cheap transfer, much of it, tight memory and off-chip bytes: each may fill a stage up.
  @Test(arguments: 1...(runsLong ? 400 : 25) as ClosedRange<UInt64>)
  func whatFillsAStage(seed: UInt64) throws {
    var random = SeededRandom(seed: seed &+ 31_000)
    var problem = Problem.modules(
      1, branches: 3, depth: 2, transfer: [0.05, 0.5, 2][Int(seed % 3)], devices: 3, seed: seed)
    problem.memory = StageMemory(
      operatorBytes: (0..<problem.operatorCount).map { _ in
        Int.random(in: 0...3, using: &random)
      },
      constants: [.init(bytes: 2, readers: [1, 4])])
    if seed % 2 == 0 {
      for index in problem.devices.indices { problem.devices[index].memoryLimit = 8 }
    } else {
      problem.offChip[accelerator] = OffChip(capacityBytes: 4, timePerByte: 0.3)
    }
    try expectOptimal(problem, "seed \(seed)")
  }
}
