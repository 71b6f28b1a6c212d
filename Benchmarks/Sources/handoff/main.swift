import Glibc
import IsocutBackends
import IsocutGraph
import IsocutRuntime

// Three questions about handing an item from one stage to the next, without any engine:
// how long it takes, how much of the unlinked rate a pipeline reaches, and what it allocates.
//
//   handoff             latency and efficiency, one table each
//   handoff count       allocations and copies of 10,000 against 210,000 items; needs the preloaded
//                       counter (scripts/count-handoff)

do {
  let cores = HandOff.cores
  if CommandLine.arguments.dropFirst().first == "count" {
    exit(try AllocationCount.run(cores: cores))
  }
  try HandOff.report(cores: cores)
} catch {
  print("handoff: \(error)")
  exit(1)
}
