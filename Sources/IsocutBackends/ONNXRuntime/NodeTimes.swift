internal import IsocutFormats

/// The time of each top-level node of one run, in the order of execution.
struct NodeTimes {
  let nodes: [ProfileTrace.Node]

  /// The position in the file of each node that ran; nil where the two do not fit.
  ///
  /// The order of execution need not be that of the file. Names that are not empty are unique in
  /// files the engine takes; nodes without a name are paired in order within their kind.
  func positions(in file: [ONNXNode]) -> [Int?]? {
    var named: [String: Int] = [:]
    var unnamed: [String: [Int]] = [:]
    for (position, node) in file.enumerated().reversed() {
      if node.name.isEmpty {
        unnamed[node.kind, default: []].append(position)
      } else {
        named[node.name] = position
      }
    }
    var missing = 0.0
    let positions: [Int?] = nodes.map { node in
      let position = node.name.isEmpty ? unnamed[node.kind]?.popLast() : named[node.name]
      if position == nil { missing += node.microseconds }
      return position
    }
    let total = nodes.reduce(0) { $0 + $1.microseconds }
    return missing <= 0.1 * total ? positions : nil
  }

  /// Milliseconds of each node.
  ///
  /// The time of a node with a body contains the profiler's own work inside the body, which can be
  /// several times the body's. Such nodes share what the other nodes leave of the whole run.
  ///
  /// - Parameter whole: milliseconds of a run without profiling.
  func milliseconds(ofWhole whole: Double) -> [Double] {
    let times = nodes.map { $0.microseconds / 1000 }
    let hasBody = nodes.map { ProfileTrace.controlFlow.contains($0.kind) }
    let inBodies = zip(times, hasBody).reduce(0) { $0 + ($1.1 ? $1.0 : 0) }
    let outside = times.reduce(0, +) - inBodies
    let left = max(0, whole - outside)
    guard inBodies > left else { return times }
    return zip(times, hasBody).map { $1 ? $0 * left / inBodies : $0 }
  }
}
