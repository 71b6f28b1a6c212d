internal import CIsocutLinux
internal import Glibc
public import IsocutGraph
internal import Synchronization

/// A stage of the null backend, ready to run. Several threads may run its bindings.
public final class NullExecutor: Executor {
  public let inputs: [TensorSpec]
  public let outputs: [TensorSpec]
  public var isConcurrent: Bool { true }

  private let program: NullProgram
  private let options: NullOptions
  private let callCount = Atomic(0)

  /// One made-up operator that reads all inputs and makes all outputs.
  ///
  /// - Parameter milliseconds: how long a run keeps its core busy where `options.time` is `.busy`.
  public convenience init(
    named name: String, inputs: [TensorSpec], outputs: [TensorSpec], milliseconds: Double,
    options: NullOptions = NullOptions(time: .busy)
  ) {
    self.init(
      NullProgram(named: name, milliseconds: milliseconds, inputs: inputs, outputs: outputs),
      inputs: inputs, outputs: outputs, options: options)
  }

  init(
    _ program: NullProgram, inputs: [TensorSpec], outputs: [TensorSpec], options: NullOptions
  ) {
    self.program = program
    self.inputs = inputs
    self.outputs = outputs
    self.options = options
  }

  /// - Throws: `IsocutError` `.internalError` where buffers and boundary differ.
  public func bind(inputs: [TensorBuffer], outputs: [TensorBuffer]) throws -> any Binding {
    guard inputs.map(\.spec.byteCount) == self.inputs.map(\.byteCount),
      outputs.map(\.spec.byteCount) == self.outputs.map(\.byteCount)
    else {
      throw IsocutError(
        .internalError, "buffers bound to a null stage do not have the sizes of its boundary")
    }
    return NullBinding(self, program, inputs: inputs, outputs: outputs)
  }

  /// Milliseconds of one call by the cost model.
  var milliseconds: Double { program.milliseconds }

  /// Counts a call, lets it fail where it shall, and spends its time.
  func enterCall() throws {
    let call = callCount.add(1, ordering: .relaxed).newValue
    if let fault = options.fault, call >= fault.call, fault.strikes(program.operatorIDs) {
      try strike(fault.kind, call)
    }
    guard options.time == .busy, program.milliseconds > 0 else { return }
    let end = MonotonicClock.nanoseconds + Int64(program.milliseconds * 1e6)
    while MonotonicClock.nanoseconds < end { cisocut_pause() }
  }
}

extension NullExecutor {
  /// What engines do to their process, on request.
  private func strike(_ kind: NullOptions.Fault.Kind, _ call: Int) throws {
    switch kind {
    case .fail: throw IsocutError(.vendorTool, "the null backend fails call \(call) as asked")
    case .hang:
      // The thread's name, so that one sees from outside that it hangs.
      let name = open("/proc/thread-self/comm", O_WRONLY)
      _ = write(name, "isocut hangs", 12)
      while true { pause() }
    case .crash: abort()
    case .segfault: raise(SIGSEGV)
    case .memory:
      var eaten: [[UInt8]] = []
      while true { eaten.append([UInt8](repeating: 1, count: 8 << 20)) }
    case .exit: exit(0)
    case .print:
      print("the null backend prints at call \(call) as asked")
      fflush(nil)
    case .rubbish:
      let text = "rubbish, not a frame"
      for descriptor in Int32(3)..<16 { _ = write(descriptor, text, text.utf8.count) }
    }
  }
}

/// One item of a null stage. A run allocates nothing.
///
/// `@unchecked Sendable`: `values` belongs to whichever thread runs the binding, one at a time.
private final class NullBinding: Binding, @unchecked Sendable {
  private struct Port {
    var slot: Int
    var content: NullContent
    var buffer: TensorBuffer
  }

  private let executor: NullExecutor
  private let program: NullProgram
  private var inputs: [Port] = []
  private var outputs: [Port] = []
  /// Outputs that are inputs handed on: target and source.
  private var passed: [(to: TensorBuffer, from: TensorBuffer)] = []
  private let values: UnsafeMutableBufferPointer<UInt64>

  init(
    _ executor: NullExecutor, _ program: NullProgram, inputs: [TensorBuffer],
    outputs: [TensorBuffer]
  ) {
    var program = program
    for (spec, buffer) in zip(executor.inputs, inputs) {
      self.inputs.append(
        Port(slot: program.slot(of: spec), content: NullContent(spec), buffer: buffer))
    }
    for (spec, buffer) in zip(executor.outputs, outputs) {
      if let source = executor.inputs.firstIndex(of: spec) {
        passed.append((to: buffer, from: inputs[source]))
      } else {
        self.outputs.append(
          Port(slot: program.slot(of: spec), content: NullContent(spec), buffer: buffer))
      }
    }
    self.executor = executor
    self.program = program
    values = .allocate(capacity: program.valueCount)
  }

  deinit { values.deallocate() }

  func run() throws {
    try executor.enterCall()
    program.reset(values)
    for input in inputs {
      values[input.slot] = input.content.read(UnsafeRawBufferPointer(input.buffer.bytes))
    }
    program.run(values)
    for output in outputs { output.content.write(values[output.slot], to: output.buffer.bytes) }
    for (to, from) in passed {
      to.bytes.copyMemory(from: UnsafeRawBufferPointer(from.bytes))
    }
  }
}
