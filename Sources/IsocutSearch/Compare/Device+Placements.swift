import IsocutBackends
import IsocutGraph

extension Device {
  /// Where its lanes run.
  var placements: [Placement] {
    // `edgetpu:1` is the second of its kind; the number of a CPU cluster places nothing.
    let number = id.split(separator: ":").last.flatMap { Int($0) } ?? 0
    return (0..<lanes).map { Placement(cpus: cpus(ofLane: $0), accelerator: number) }
  }
}
