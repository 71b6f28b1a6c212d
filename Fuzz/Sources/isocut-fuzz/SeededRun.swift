import Foundation
import FuzzTargets
import IsocutFormats

/// Reads seeded mutations of some files.
///
/// The mutation that is being read lies in a file whose name is printed first: after a trap or a
/// hang (10 s of the processor end it) it is what to keep. One that takes too much memory is kept
/// too.
func seededRun(_ format: ModelFormat, count: Int, seed: UInt64, files: [String]) throws -> Never {
  let sources = try files.map { [UInt8](try Data(contentsOf: URL(fileURLWithPath: $0))) }
  let folder = try TemporaryFiles(suffix: format.fileSuffix)
  print("the mutation being read: \(folder.input)")
  fflush(nil)

  var mutator = Mutator(seed: seed)
  let target = FuzzTarget(format)
  var memory = MemoryWatch()
  var (sound, hungry, largestGrowth) = (0, 0, 0)
  for round in 0..<count {
    let source = sources[round % sources.count]
    // Tables stand before weights in what most writers make; the first 64 KiB hold most of them.
    let bytes = mutator.mutate(source, structure: 0..<min(source.count, 1 << 16))
    try folder.write(bytes)
    limitTime(seconds: 10)
    memory.begin()
    if target.run(path: folder.input, scratch: folder.output) { sound += 1 }
    let growth = memory.growth()
    limitTime(seconds: 0)
    largestGrowth = max(largestGrowth, growth - 2 * bytes.count)
    if growth > MemoryWatch.limit(fileBytes: bytes.count) {
      hungry += 1
      print("\(growth) bytes of memory for a file of \(bytes.count): \(try folder.keep(hungry))")
    }
    if round % 100_000 == 99_999 {
      print("\(round + 1) read, \(sound) of them could be cut")
      fflush(nil)
    }
  }
  folder.remove()
  print(
    """
    \(count) read, \(sound) of them could be cut; memory beyond twice the file: at most \
    \(largestGrowth) bytes (allowed: \(MemoryWatch.limit(fileBytes: 0)))
    """)
  exit(hungry > 0 ? 1 : 0)
}

/// Of the processor's time, so that other programs on the machine end nothing; 0 takes the limit away.
private func limitTime(seconds: Int) {
  var timer = itimerval()
  timer.it_value.tv_sec = seconds
  setitimer(.init(ITIMER_PROF.rawValue), &timer, nil)
  // What waits for ever takes no processor's time.
  alarm(UInt32(60 * seconds))
}
