package import IsocutBackends
import IsocutFormats
import IsocutGraph

/// One row of `isocut bench`: a way to run the model on the same cores.
package struct BenchConfiguration: Sendable {
  package var way: WayToRun
  package var work: HostedWork
  /// The same with engine threads that sleep instead of spinning, where that is a choice; the
  /// better of the two is compared.
  package var alternative: HostedWork?

  /// The whole model in every way a user of the plain engine would try on these cores.
  ///
  /// - Parameters:
  ///   - model: the whole model with fixed shapes; its options are those of the fastest level.
  ///   - cpus: the cores that the plan uses.
  package static func rivals(
    model: HostedCallers, cpus: [Int], backend: any Backend
  ) -> [BenchConfiguration] {
    let format = backend.format
    let count = cpus.count
    func callers(
      _ sessions: [Placement], _ callers: [HostedCallers.Caller]
    ) -> HostedWork {
      var work = model
      work.sessions = sessions
      work.callers = callers
      return .callers(work)
    }
    func both(
      _ way: WayToRun, _ callerList: [HostedCallers.Caller], _ placement: (Bool) -> Placement
    ) -> BenchConfiguration {
      BenchConfiguration(
        way: way, work: callers([placement(true)], callerList),
        alternative: backend.choosesSpinning ? callers([placement(false)], callerList) : nil)
    }
    let free = HostedCallers.Caller(session: 0, cpus: [])
    var rivals = [
      both(.engineDefault(format), [free]) { Placement(cpus: [], threads: 0, spins: $0) }
    ]
    guard count > 1 else { return rivals }
    rivals += [
      both(.engineDefaultCallers(format, count), Array(repeating: free, count: count)) {
        Placement(cpus: [], threads: 0, spins: $0)
      },
      both(.intra(count), [HostedCallers.Caller(session: 0, cpus: [cpus[0]])]) {
        Placement(cpus: cpus, threads: count, spins: $0)
      },
      BenchConfiguration(
        way: .instances(count),
        work: callers(
          cpus.map { Placement(cpus: [$0]) },
          cpus.enumerated().map { HostedCallers.Caller(session: $0.offset, cpus: [$0.element]) })),
      BenchConfiguration(
        way: .oneSessionCallers(count),
        work: callers(
          [Placement(cpus: [], threads: 1)],
          cpus.map { HostedCallers.Caller(session: 0, cpus: [$0]) })),
    ]
    return rivals
  }

  /// The whole model on one device and on all.
  ///
  /// - Parameters:
  ///   - model: the compiled model.
  ///   - devices: those of the plan, each once.
  static func rivals(model: HostedCallers, devices: [Device]) -> [BenchConfiguration] {
    WayToRun.all(deviceCount: devices.count).compactMap { way in
      guard case .instances(let count) = way else { return nil }
      var work = model
      work.sessions = devices.prefix(count).flatMap(\.placements)
      work.callers = work.sessions.indices.map { HostedCallers.Caller(session: $0, cpus: []) }
      return BenchConfiguration(way: way, work: .callers(work))
    }
  }

  init(way: WayToRun, work: HostedWork, alternative: HostedWork? = nil) {
    self.way = way
    self.work = work
    self.alternative = alternative
  }
}
