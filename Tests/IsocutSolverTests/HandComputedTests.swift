import IsocutGraph
import IsocutSolver
import Testing

let accelerator = DeviceKind(rawValue: "acc")

/// A chain of operators; `costs[i]` is the net from i to i + 1.
func chain(
  _ times: [Double], costs: [Double] = [], devices: Int, kind: DeviceKind = accelerator
) -> Problem {
  Problem(
    operatorCount: times.count,
    successors: times.indices.map { $0 + 1 < times.count ? [$0 + 1] : [] },
    devices: Array(repeating: StageDevice(kind: kind), count: devices),
    times: [kind: times],
    nets: costs.enumerated().map { Net(producer: $0, consumers: [$0 + 1], cost: $1) })
}

func bottleneck(_ problem: Problem) throws -> Double {
  let solution = try solve(problem)
  #expect(solution.isOptimal)
  #expect(solution.lowerBound == solution.bottleneck)
  return solution.bottleneck
}

/// Answers worked out on paper.
@Suite struct HandComputedTests {
  @Test func chainOfNineOnThreeDevices() throws {
    let solution = try solve(chain((1...9).map(Double.init), devices: 3))
    #expect(solution.bottleneck == 17)
    #expect(solution.stages.map { Array($0.operators) } == [[0, 1, 2, 3, 4], [5, 6], [7, 8]])
  }

  @Test func cutsWhereTransferIsCheap() throws {
    #expect(try bottleneck(chain([5, 5, 5, 5], costs: [1, 100, 1], devices: 2)) == 16)
  }

  @Test func leavesADeviceIdleWhereTransferIsDear() throws {
    #expect(try bottleneck(chain([5, 5, 5, 5], costs: [10, 100, 10], devices: 2)) == 20)
  }

  @Test func diamondWithAndWithoutTransfer() throws {
    var problem = Problem(
      operatorCount: 4, successors: [[1, 2], [3], [3], []],
      devices: Array(repeating: StageDevice(kind: accelerator), count: 2),
      times: [accelerator: [1, 4, 4, 1]])
    #expect(try bottleneck(problem) == 5)
    problem.nets = [
      Net(producer: 0, consumers: [1, 2], cost: 2), Net(producer: 1, consumers: [3], cost: 1),
      Net(producer: 2, consumers: [3], cost: 1),
    ]
    #expect(try bottleneck(problem) == 8)
  }

  @Test func producerIsPaidOncePerDeviceNotPerEdge() throws {
    let problem = Problem(
      operatorCount: 4, successors: [[1, 2, 3], [], [], []],
      devices: Array(repeating: StageDevice(kind: accelerator), count: 2),
      times: [accelerator: [1, 20, 20, 20]],
      nets: [Net(producer: 0, consumers: [1, 2, 3], cost: 6)])
    #expect(try bottleneck(problem) == 46)
  }

  @Test(arguments: [(6, 2, 2.0), (5, 2, Double.infinity), (5, 4, 1.0)])
  func memoryCapsStages(cap: Int, devices: Int, expected: Double) throws {
    var problem = chain([1, 1, 1, 1], devices: devices)
    problem.memory = StageMemory(operatorBytes: [3, 3, 3, 3])
    for index in problem.devices.indices { problem.devices[index].memoryLimit = cap }
    let solution = try solve(problem)
    #expect(solution.isOptimal)
    #expect(solution.isFeasible == expected.isFinite)
    #expect(solution.bottleneck == expected)
  }

  @Test func slowDeviceHelpsUntilTransferEatsTheGain() throws {
    var problem = chain([4, 4, 1], devices: 1)
    problem.devices.append(StageDevice(kind: .cpu, transferFactor: 0))
    problem.deviceOrder = .interchangeable
    problem.times[.cpu] = [40, 40, 5]
    #expect(try bottleneck(problem) == 8)
    problem.nets = [Net(producer: 1, consumers: [2], cost: 9)]
    #expect(try bottleneck(problem) == 9)
  }

  @Test func groupTakesItsCycleIn() throws {
    var problem = chain([1, 5, 1], devices: 2)
    problem.groups = [[0, 2]]
    #expect(try bottleneck(problem) == 7)
  }

  @Test func stagesAreContiguous() throws {
    #expect(try bottleneck(chain([4, 6, 4], devices: 2)) == 10)
  }

  @Test func copiesDivideTheLoad() throws {
    var problem = chain([2, 8, 2], devices: 4)
    problem.maximumCopies = 4
    #expect(try bottleneck(problem) == 3)
    problem.memory = StageMemory(operatorBytes: [1, 1, 1])
    for index in problem.devices.indices { problem.devices[index].memoryLimit = 2 }
    #expect(abs(try bottleneck(problem) - 10 / 3.0) < 1e-12)
  }

  @Test func latencyIsASumOfLoads() throws {
    // Operator 0 stands for the input, which is local; only the remote side pays transfer.
    var problem = chain([0, 3, 3, 3], costs: [4, 1, 6], devices: 1, kind: .cpu)
    problem.devices = [
      StageDevice(kind: .cpu, transferFactor: 0), StageDevice(kind: accelerator),
    ]
    problem.times[accelerator] = [0, 1, 1, 1]
    problem.bindings = [0: 0]
    problem.objective = .latencyWithinBottleneck(.infinity)
    let solution = try solve(problem)
    #expect(solution.latency == 6)
    #expect(solution.lowerBound == 6)
    #expect(solution.isOptimal)
    #expect(solution.stages.map { Array($0.operators) } == [[0, 1], [2, 3]])
  }

  @Test func allTimesZeroEnds() throws {
    #expect(try bottleneck(chain([0, 0, 0], devices: 2)) == 0)
  }

  @Test func moreDevicesThanOperators() throws {
    #expect(try bottleneck(chain([1, 7, 2], devices: 9)) == 7)
  }

  @Test func allDevicesMustBeUsed() throws {
    var problem = chain([5, 5, 5, 5], costs: [10, 100, 10], devices: 2)
    problem.usesAllDevices = true
    #expect(try bottleneck(problem) == 25)
    problem = chain([1, 1], devices: 3)
    problem.usesAllDevices = true
    let solution = try solve(problem)
    #expect(!solution.isFeasible)
    #expect(solution.isOptimal)
  }
}
