// Time and memory to the proof on the graphs that the solver is judged by.
//
//     swift run -c release solver [WORD]
//
// WORD keeps the workloads whose name holds it. Exit code 1: some target was missed. Seconds are those
// of this process on a core, so that other programs do not count. Sample models are among the workloads
// where `scripts/peers/cost-graphs` has been run.
internal import Foundation
internal import IsocutSolver

#if canImport(Glibc)
  internal import Glibc
#endif

/// Seconds that this process has computed.
func secondsComputed() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

let folder = URL(filePath: #filePath).deletingLastPathComponent()
  .appending(path: "../../../Tests/IsocutSolverTests/Data/msr-fiddle").standardizedFileURL
let word = CommandLine.arguments.dropFirst().first ?? ""
let models = URL(filePath: #filePath).deletingLastPathComponent()
  .appending(path: "../../../.setup/cost-graphs").standardizedFileURL
let workloads =
  try Workloads.published(in: folder) + Workloads.models(in: models) + Workloads.chains
  + Workloads.modules + [Workloads.layered]
var missed = 0

print("workload | bottleneck | gap % | CPU s | states | state MiB | target")
print("--- | ---: | ---: | ---: | ---: | ---: | ---")
for workload in workloads where word.isEmpty || workload.name.contains(word) {
  let start = secondsComputed()
  let solution = try solve(
    workload.problem, limits: SolverLimits(states: .max),
    shouldStop: { secondsComputed() - start >= workload.budget })
  let seconds = secondsComputed() - start
  try solution.check(for: workload.problem)
  let gap =
    solution.isOptimal ? 0 : 100 * (solution.bottleneck / solution.lowerBound - 1)
  let isRight =
    workload.optimum.map { abs(solution.bottleneck - $0) <= 1e-6 * $0 } ?? true
  let isMet =
    gap <= workload.gap && seconds <= max(workload.target, workload.budget) + 1
    && (workload.gap > 0 || seconds <= workload.target) && isRight
  if !isMet { missed += 1 }
  let figures = [
    solution.isFeasible ? String(format: "%.6f", solution.bottleneck) : "infeasible",
    String(format: "%.3f", gap), String(format: "%.3f", seconds), "\(solution.statesVisited)",
    String(format: "%.2f", Double(solution.peakStateBytes) / 1_048_576),
  ]
  print(workload.name, figures.joined(separator: " | "), isMet ? "met" : "MISSED", separator: " | ")
}
exit(missed == 0 ? 0 : 1)
