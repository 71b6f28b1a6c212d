package import IsocutFormats

/// A way to run a model on the cores of a plan, one row of `isocut bench` each: the pipeline, or
/// the whole model as a user of the plain engine would try.
package enum WayToRun: Hashable, Sendable, CustomStringConvertible {
  case pipeline
  /// The pipeline as an application drives it, from a thread of its own.
  case pipelinePushPop
  /// One session with the number of threads that the format's usual engine takes by itself, one
  /// caller.
  case engineDefault(ModelFormat)
  /// The same session called by so many threads.
  case engineDefaultCallers(ModelFormat, Int)
  /// One session with so many threads that share each operator, one caller.
  case intra(Int)
  /// So many sessions of one thread, each with a caller and a core of its own.
  case instances(Int)
  /// One session without threads of its own, called by so many threads, each with a core of its own.
  case oneSessionCallers(Int)

  /// All that make sense on so many cores.
  ///
  /// - Parameter sharesSessions: whether several threads may call one session.
  package static func all(
    coreCount: Int, format: ModelFormat, sharesSessions: Bool
  ) -> [WayToRun] {
    let one: [WayToRun] = [.pipeline, .pipelinePushPop, .engineDefault(format)]
    guard coreCount > 1 else { return one }
    let several: [WayToRun] = [.intra(coreCount), .instances(coreCount)]
    guard sharesSessions else { return one + several }
    return one + [.engineDefaultCallers(format, coreCount)] + several
      + [.oneSessionCallers(coreCount)]
  }

  /// All that make sense on so many devices that are no cores.
  package static func all(deviceCount: Int) -> [WayToRun] {
    [.pipeline, .pipelinePushPop, .instances(1)]
      + (deviceCount > 1 ? [.instances(deviceCount)] : [])
  }

  /// The name on the command line, in tables and in JSON.
  package var description: String {
    switch self {
    case .pipeline: "pipeline"
    case .pipelinePushPop: "pipeline_push_pop"
    case .engineDefault(let format): "\(format.engineAbbreviation)_default"
    case .engineDefaultCallers(let format, let count):
      "\(format.engineAbbreviation)_default_callers_\(count)"
    case .intra(let count): "intra_\(count)"
    case .instances(let count): "instances_\(count)"
    case .oneSessionCallers(let count): "one_session_callers_\(count)"
    }
  }

  /// True for the stages of the plan, false for the whole model.
  package var isPipeline: Bool { self == .pipeline || self == .pipelinePushPop }
}

extension ModelFormat {
  /// What a user of the format runs it with otherwise.
  fileprivate var engineAbbreviation: String {
    switch self {
    case .onnx: "ort"
    case .tflite: "tflite"
    }
  }
}
