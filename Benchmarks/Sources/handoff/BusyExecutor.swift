internal import Glibc
internal import IsocutBackends
internal import IsocutGraph

/// A stage that keeps its core busy and touches one byte of each tensor.
final class BusyExecutor: Executor {
  let inputs: [TensorSpec]
  let outputs: [TensorSpec]
  var isConcurrent: Bool { true }
  fileprivate let nanoseconds: Int64
  fileprivate let plants: Bool

  /// - Parameter plants: allocates and copies once a run, so that a counter has something to see.
  init(input: TensorSpec, output: TensorSpec, nanoseconds: Int64, plants: Bool) {
    inputs = [input]
    outputs = [output]
    self.nanoseconds = nanoseconds
    self.plants = plants
  }

  func bind(inputs: [TensorBuffer], outputs: [TensorBuffer]) throws -> any Binding {
    BusyBinding(self, input: inputs[0], output: outputs[0])
  }
}

private final class BusyBinding: Binding {
  private let executor: BusyExecutor
  private let input: TensorBuffer
  private let output: TensorBuffer

  init(_ executor: BusyExecutor, input: TensorBuffer, output: TensorBuffer) {
    self.executor = executor
    self.input = input
    self.output = output
  }

  func run() throws {
    output.bytes[0] = input.bytes[0] &+ 1
    if executor.plants {
      let copy = UnsafeMutableRawPointer.allocate(byteCount: 4096, alignment: 16)
      if let source = input.bytes.baseAddress { memcpy(copy, source, 4096) }
      output.bytes[1] = copy.load(as: UInt8.self)
      copy.deallocate()
    }
    guard executor.nanoseconds > 0 else { return }
    let end = now() + executor.nanoseconds
    while now() < end {}
  }
}

/// Nanoseconds of the monotonic clock, the one the pipeline's events are in.
func now() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// Processor time of the whole machine and of this process, from `/proc/stat` and the kernel.
struct MachineLoad {
  private var busyTicks = 0
  private var ownSeconds = 0.0
  private var wall = now()

  init() {
    if let file = fopen("/proc/stat", "r") {
      var line = [CChar](repeating: 0, count: 512)
      if fgets(&line, Int32(line.count), file) != nil {
        let text = String(
          decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        let ticks = text.split(separator: " ").compactMap { Int($0) }
        // user, nice, system, idle, iowait, irq, softirq, steal: all but idle and iowait.
        busyTicks = ticks.prefix(8).enumerated().reduce(0) {
          $1.offset == 3 || $1.offset == 4 ? $0 : $0 + $1.element
        }
      }
      fclose(file)
    }
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    ownSeconds = Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Percent of one core that others used since then.
  func othersShare(since earlier: MachineLoad) -> Double {
    let ticks = Double(busyTicks - earlier.busyTicks) / Double(sysconf(Int32(_SC_CLK_TCK)))
    let seconds = Double(wall - earlier.wall) / 1e9
    guard seconds > 0 else { return 0 }
    return max(0, 100 * (ticks - (ownSeconds - earlier.ownSeconds)) / seconds)
  }
}
