import Foundation
import IsocutGraph
import IsocutSearch
import IsocutSolver

/// A branched graph of a real network from the solver's data, its operators in topological order.
struct PublishedGraph {
  var successors: [[Int]]
  var times: [Double]

  init(_ name: String) throws {
    let file = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "IsocutSolverTests/Data/msr-fiddle/\(name)_inference.json")
    let problem = try CostGraph(json: try Data(contentsOf: file), name: name).problem
    let device = problem.devices[0].kind
    let contraction = Contraction(successors: problem.successors, groups: problem.groups)
    let times = problem.times[device] ?? []
    self.times = contraction.units.map { $0.reduce(0) { $0 + times[$1] } }
    successors = contraction.units.indices.map { unit in
      Set(
        contraction.units[unit].flatMap { problem.successors[$0] }.map { contraction.unitOf[$0] }
      )
      .subtracting([unit]).sorted()
    }
  }
}
