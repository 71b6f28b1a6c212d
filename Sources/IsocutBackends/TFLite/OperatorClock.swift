import CIsocutTFLite

/// Takes the time of each operator of the main subgraph, as the engine begins and ends it.
///
/// `@unchecked Sendable`: owned by the interpreter it is given to, whose one thread at a time calls
/// it and reads it between runs.
final class OperatorClock: @unchecked Sendable {
  let profiler: UnsafeMutablePointer<cisocut_tflite_profiler>
  /// Nanoseconds since the last reset, by the operator's position in the file.
  private(set) var nanoseconds: [Int64]
  /// Operators that have begun: those of bodies run inside others.
  private var running: [(operator: Int?, start: Int64)] = []

  init(operatorCount: Int) {
    nanoseconds = Array(repeating: 0, count: operatorCount)
    running.reserveCapacity(16)
    profiler = .allocate(capacity: 1)
    profiler.initialize(
      to: cisocut_tflite_profiler(
        data: nil, report_event: { _, _, _ in }, report_operator_event: { _, _, _, _, _ in },
        report_settings: { _, _, _ in },
        begin_operator: { profiler, _, index, subgraph in
          OperatorClock.of(profiler)?.begin(subgraph == 0 ? Int(index) : nil) ?? 0
        },
        end_operator: { profiler, handle in OperatorClock.of(profiler)?.end(Int(handle)) },
        report_operator: { _, _, _, _, _ in }))
    profiler.pointee.data = Unmanaged.passUnretained(self).toOpaque()
  }

  deinit { profiler.deallocate() }

  func reset() {
    for index in nanoseconds.indices { nanoseconds[index] = 0 }
  }

  private func begin(_ index: Int?) -> UInt32 {
    running.append((index, MonotonicClock.nanoseconds))
    return UInt32(running.count - 1)
  }

  private func end(_ handle: Int) {
    let now = MonotonicClock.nanoseconds
    guard running.indices.contains(handle) else { return }
    let entry = running[handle]
    running.removeSubrange(handle...)
    if let index = entry.operator, nanoseconds.indices.contains(index) {
      nanoseconds[index] += now - entry.start
    }
  }

  private static func of(
    _ profiler: UnsafeMutablePointer<cisocut_tflite_profiler>
  ) -> OperatorClock? {
    profiler.pointee.data.map { Unmanaged<OperatorClock>.fromOpaque($0).takeUnretainedValue() }
  }
}
