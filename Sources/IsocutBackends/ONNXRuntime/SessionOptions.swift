internal import CIsocutONNXRuntime

/// How a session is made.
struct SessionOptions {
  var level: RunOptions.OptimizationLevel
  /// Threads that share one operator, the calling one included. With one, everything runs in the
  /// thread that calls; no other thread exists. Zero leaves the number to the engine.
  var threads = 1
  /// Cores of the threads, the calling one first; empty leaves them where the system puts them.
  var cpus: [Int] = []
  var spins = true
  /// Where the graph that really runs is saved.
  var optimizedPath: String?
  /// Optimizers to leave out, by the engine's class names.
  var disabledOptimizers: [String] = []
  /// The path before date and time in the name of the trace; nil does not profile.
  var profilePrefix: String?
  /// False returns memory at once instead of keeping it for the next run.
  var usesArena = true

  /// The engine's object; it may be released as soon as the session exists.
  func make(_ library: ONNXRuntimeLibrary) throws(EngineFailure) -> EngineObject {
    let api = library.api
    var pointer: OpaquePointer?
    try api.check(api.pointee.CreateSessionOptions(&pointer))
    let object = EngineObject(try made(pointer), release: api.pointee.ReleaseSessionOptions)
    let options = object.pointer
    try api.check(api.pointee.SetSessionGraphOptimizationLevel(options, level.engineNumber))
    let sequential: Int32 = 0
    try api.check(api.pointee.SetSessionExecutionMode(options, sequential))
    try api.check(api.pointee.SetIntraOpNumThreads(options, Int32(clamping: threads)))
    try api.check(api.pointee.SetInterOpNumThreads(options, 1))
    if threads != 1 {
      try set("session.intra_op.allow_spinning", spins ? "1" : "0")
      if let affinities { try set("session.intra_op_thread_affinities", affinities) }
    }
    if !disabledOptimizers.isEmpty {
      try set(
        "optimization.disable_specified_optimizers", disabledOptimizers.joined(separator: ";"))
    }
    if let optimizedPath {
      try api.check(api.pointee.SetOptimizedModelFilePath(options, optimizedPath))
    }
    if let profilePrefix {
      try api.check(api.pointee.EnableProfiling(options, profilePrefix))
    }
    if !usesArena {
      try api.check(api.pointee.DisableCpuMemArena(options))
      try api.check(api.pointee.DisableMemPattern(options))
    }
    return object

    func set(_ key: String, _ value: String) throws(EngineFailure) {
      try api.check(api.pointee.AddSessionConfigEntry(options, key, value))
    }
  }

  /// One group for each thread that the engine makes (all but the caller's), numbers from 1.
  ///
  /// Without it those threads would inherit the cores of the thread that makes the session.
  var affinities: String? {
    guard threads > 1, !cpus.isEmpty else { return nil }
    return (1..<threads).map { String(cpus[$0 % cpus.count] + 1) }.joined(separator: ";")
  }
}

extension SessionOptions {
  init(_ options: RunOptions, _ placement: Placement) {
    self.init(
      level: options.optimizationLevel, threads: max(0, placement.threads), cpus: placement.cpus,
      spins: placement.spins)
  }
}

extension RunOptions.OptimizationLevel {
  /// GraphOptimizationLevel.
  var engineNumber: Int32 {
    switch self {
    case .off: 0
    case .basic: 1
    case .extended: 2
    case .all: 99
    }
  }
}
