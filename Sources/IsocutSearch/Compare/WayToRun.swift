/// A way to run a model on the cores of a plan, one row of `isocut bench` each: the pipeline, or
/// the whole model as a user of the plain engine would try.
package enum WayToRun: Hashable, Sendable, CustomStringConvertible {
  case pipeline
  /// The pipeline as an application drives it, from a thread of its own.
  case pipelinePushPop
  /// One session with the engine's own number of threads, one caller.
  case engineDefault
  /// The same session called by so many threads.
  case engineDefaultCallers(Int)
  /// One session with so many threads that share each operator, one caller.
  case intra(Int)
  /// So many sessions of one thread, each with a caller and a core of its own.
  case instances(Int)
  /// One session without threads of its own, called by so many threads, each with a core of its own.
  case oneSessionCallers(Int)

  /// All that make sense on so many cores.
  package static func all(coreCount: Int) -> [WayToRun] {
    let one: [WayToRun] = [.pipeline, .pipelinePushPop, .engineDefault]
    guard coreCount > 1 else { return one }
    return one + [
      .engineDefaultCallers(coreCount), .intra(coreCount), .instances(coreCount),
      .oneSessionCallers(coreCount),
    ]
  }

  /// The name on the command line, in tables and in JSON.
  package var description: String {
    switch self {
    case .pipeline: "pipeline"
    case .pipelinePushPop: "pipeline_push_pop"
    case .engineDefault: "ort_default"
    case .engineDefaultCallers(let count): "ort_default_callers_\(count)"
    case .intra(let count): "intra_\(count)"
    case .instances(let count): "instances_\(count)"
    case .oneSessionCallers(let count): "one_session_callers_\(count)"
    }
  }

  /// True for the stages of the plan, false for the whole model.
  package var isPipeline: Bool { self == .pipeline || self == .pipelinePushPop }
}
