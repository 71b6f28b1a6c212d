internal import IsocutGraph

/// The best cut of a problem, with what is proven about it.
///
/// Exact over all cuts of the graph: every order of the stages that the dependencies allow is
/// covered. The best cut found and the lower bound improve until they meet, the limits end or
/// `shouldStop` says so; what is known then comes back. Without `shouldStop` the answer is the same
/// bit for bit on every run.
///
/// - Parameter shouldStop: asked every few thousand steps; the only way for time to come in.
/// - Throws: `IsocutError` `.badData` for a malformed problem. That no cut exists is an answer, not
///   an error: `isFeasible` is false, and `isOptimal` says whether that is proven.
public func solve(
  _ problem: Problem, limits: SolverLimits = SolverLimits(), shouldStop: () -> Bool = { false }
) throws -> Solution {
  try problem.validate()
  return withoutActuallyEscaping(shouldStop) { shouldStop in
    var solver = Solver(problem, meter: WorkMeter(limits: limits, shouldStop: shouldStop))
    return solver.solve()
  }
}
