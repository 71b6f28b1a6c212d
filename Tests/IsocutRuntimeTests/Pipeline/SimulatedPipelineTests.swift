import IsocutRuntime
import Testing

@Suite struct SimulatedPipelineTests {
  @Test func theSlowestStageSetsTheRate() {
    let times = [2.0, 5.0, 3.0]
    let run = SimulatedPipeline(lanes: [1, 1, 1]).run(items: 200) { stage, _ in times[stage] }
    #expect(abs(run.throughput(skipping: 20) - 1 / 5.0) < 1e-12)
    #expect(run.stages.map(\.busy) == [400, 1000, 600])
    // The first stage waits for room, the last for input.
    #expect(run.stages[0].blocked > 500 && run.stages[0].starved == 0)
    #expect(run.stages[2].starved > 350 && run.stages[2].blocked == 0)
  }

  @Test func lanesShareAStage() {
    let run = SimulatedPipeline(lanes: [1, 3]).run(items: 300) { stage, _ in
      stage == 0 ? 1.0 : 3.0
    }
    #expect(abs(run.throughput(skipping: 30) - 1) < 1e-12)
    #expect(zip(run.left, run.left.dropFirst()).allSatisfy { $0 <= $1 })
  }

  @Test func oneItemInFlightIsTheSumOfAllStages() {
    let run = SimulatedPipeline(lanes: [1, 1], inFlight: 1).run(items: 50) { stage, _ in
      Double(stage + 1)
    }
    #expect(run.latencies.allSatisfy { $0 == 3 })
    #expect(abs(run.throughput() - 1 / 3.0) < 1e-12)
  }

  @Test func queuesSmoothTimesThatVary() {
    func rate(queueCapacity: Int, inFlight: Int) -> Double {
      SimulatedPipeline(lanes: [1, 1], inFlight: inFlight, queueCapacity: queueCapacity)
        .run(items: 400) { stage, item in (item / 2 + stage) % 2 == 0 ? 1 : 3 }
        .throughput(skipping: 40)
    }
    #expect(rate(queueCapacity: 8, inFlight: 12) > rate(queueCapacity: 1, inFlight: 2) * 1.2)
  }
}
