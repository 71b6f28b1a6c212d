import CIsocutTFLite
import IsocutGraph

/// A model file loaded by TensorFlow Lite. Belongs to one thread at a time.
final class Interpreter: Sendable {
  /// How a model is loaded.
  struct Options {
    /// Threads that share one operator, the calling one included.
    var threads = 1
    /// Runs what XNNPACK can with its kernels instead of the built-in ones.
    var usesXNNPACK = false
    /// Takes the time of each operator; only the built-in kernels report single operators.
    var clock: OperatorClock?
    /// Runs the operators it takes.
    var delegate: EngineObject?
  }

  let library: TFLiteLibrary
  private let object: EngineObject

  /// - Throws: `TFLiteFailure`.
  init(_ library: TFLiteLibrary, path: String, _ options: Options) throws(TFLiteFailure) {
    self.library = library
    let api = library.api
    let mark = EngineLog.tflite.mark
    func failure(_ call: String) -> TFLiteFailure {
      TFLiteFailure(call: call, status: 1, log: EngineLog.tflite.lines(since: mark))
    }
    guard let modelPointer = cisocut_tflite_model_create(api, path) else {
      throw failure("reading the model")
    }
    var kept: [AnyObject] = [EngineObject(modelPointer, release: api.pointee.ModelDelete)]
    guard let settings = api.pointee.InterpreterOptionsCreate() else { throw failure("options") }
    defer { api.pointee.InterpreterOptionsDelete(settings) }
    cisocut_tflite_options_report(api, settings)
    api.pointee.InterpreterOptionsSetNumThreads(settings, Int32(clamping: options.threads))
    if options.usesXNNPACK {
      var wanted = cisocut_tflite_xnnpack_defaults(api)
      wanted.thread_count = Int32(clamping: options.threads)
      guard let delegate = api.pointee.XNNPackDelegateCreate(&wanted) else {
        throw failure("XNNPACK")
      }
      kept.append(EngineObject(delegate, release: api.pointee.XNNPackDelegateDelete))
      api.pointee.InterpreterOptionsAddDelegate(settings, delegate)
    }
    if let delegate = options.delegate {
      kept.append(delegate)
      api.pointee.InterpreterOptionsAddDelegate(settings, delegate.pointer)
    }
    if let clock = options.clock {
      kept.append(clock)
      api.pointee.InterpreterOptionsSetTelemetryProfiler(settings, clock.profiler)
    }
    guard let pointer = api.pointee.InterpreterCreate(modelPointer, settings) else {
      throw failure("making an interpreter")
    }
    object = EngineObject(pointer, release: api.pointee.InterpreterDelete, keeping: kept)
  }

  func allocate() throws(TFLiteFailure) {
    try check("allocating tensors") { $0.InterpreterAllocateTensors($1) }
  }

  func invoke() throws(TFLiteFailure) {
    try check("running the model") { $0.InterpreterInvoke($1) }
  }

  /// - Parameter shapes: by the input's position among the model's tensors.
  func resizeInputs(to shapes: [Int32: [Int]]) throws(TFLiteFailure) {
    for (position, input) in inputs.enumerated() {
      guard let shape = shapes[input] else { continue }
      let sizes = shape.map(Int32.init(clamping:))
      try check("resizing input \(input)") {
        $0.InterpreterResizeInputTensor(
          $1, Int32(clamping: position), sizes, Int32(sizes.count))
      }
    }
  }

  /// Positions of the inputs among the model's tensors, in the model's order.
  var inputs: [Int32] {
    let api = library.api.pointee
    return indices(
      api.InterpreterInputTensorIndices(object.pointer),
      api.InterpreterGetInputTensorCount(object.pointer))
  }

  var outputs: [Int32] {
    let api = library.api.pointee
    return indices(
      api.InterpreterOutputTensorIndices(object.pointer),
      api.InterpreterGetOutputTensorCount(object.pointer))
  }

  private func indices(_ start: UnsafePointer<Int32>?, _ count: Int32) -> [Int32] {
    Array(UnsafeBufferPointer(start: start, count: start == nil ? 0 : Int(count)))
  }

  /// A tensor of the main subgraph as it is now; nil for a position that does not exist.
  func tensor(_ index: Int32) -> EngineTensor? {
    let api = library.api.pointee
    guard let tensor = api.InterpreterGetTensor(object.pointer, index) else { return nil }
    return EngineTensor(
      name: api.TensorName(tensor).map { String(cString: $0) } ?? "",
      elementType: ElementType(tfliteEngineNumber: api.TensorType(tensor)),
      shape: (0..<max(0, api.TensorNumDims(tensor))).map { Int(api.TensorDim(tensor, $0)) },
      byteCount: Int(clamping: api.TensorByteSize(tensor)),
      hasMemory: api.TensorData(tensor) != nil)
  }

  /// The bytes of a tensor; valid until tensors are allocated, resized or run again.
  func bytes(of index: Int32) -> UnsafeMutableRawBufferPointer {
    let api = library.api.pointee
    guard let tensor = api.InterpreterGetTensor(object.pointer, index),
      let data = api.TensorData(tensor)
    else { return UnsafeMutableRawBufferPointer(start: nil, count: 0) }
    return UnsafeMutableRawBufferPointer(
      start: data, count: Int(clamping: api.TensorByteSize(tensor)))
  }

  /// Lets a tensor use memory of the caller's from now on.
  func use(_ memory: UnsafeMutableRawBufferPointer, for index: Int32) throws(TFLiteFailure) {
    guard let start = memory.baseAddress else { return }
    var allocation = cisocut_tflite_allocation(data: start, byte_count: memory.count)
    let status = library.api.pointee.InterpreterSetCustomAllocationForTensor(
      object.pointer, index, &allocation, 0)
    guard status == 0 else {
      throw TFLiteFailure(call: "giving memory to tensor \(index)", status: status, log: [])
    }
  }

  private func check(
    _ call: String, _ body: (cisocut_tflite_api, OpaquePointer) -> Int32
  ) throws(TFLiteFailure) {
    let mark = EngineLog.tflite.mark
    let status = body(library.api.pointee, object.pointer)
    guard status != 0 else { return }
    throw TFLiteFailure(call: call, status: status, log: EngineLog.tflite.lines(since: mark))
  }
}

/// What the engine says of a tensor.
struct EngineTensor: Hashable {
  var name: String
  /// Nil for a type that isocut has no name for.
  var elementType: ElementType?
  var shape: [Int]
  var byteCount: Int
  /// False where its memory is known only while the model runs.
  var hasMemory: Bool

  var type: TensorType { TensorType(element: elementType, shape: shape.map(Dimension.fixed)) }
}

extension ElementType {
  /// TfLiteType; the numbers differ from those in files.
  init?(tfliteEngineNumber number: Int32) {
    switch number {
    case 1: self = .float32
    case 2: self = .int32
    case 3: self = .uint8
    case 4: self = .int64
    case 5: self = .string
    case 6: self = .bool
    case 7: self = .int16
    case 8: self = .complex64
    case 9: self = .int8
    case 10: self = .float16
    case 11: self = .float64
    case 12: self = .complex128
    case 13: self = .uint64
    case 16: self = .uint32
    case 17: self = .uint16
    case 18: self = .int4
    case 19: self = .bfloat16
    default: return nil
    }
  }
}
