internal import Foundation

/// What the engine's trace says of each run: the top-level nodes in the order they ran.
///
/// The trace is one JSON array of Chrome events. An event is written when it ends, so the nodes of a
/// body come before the node that holds the body, and the nodes of a run before its `model_run`.
struct ProfileTrace {
  struct Node: Equatable {
    var name: String
    var kind: String
    var microseconds: Double
  }

  let runs: [[Node]]

  private struct Event: Decodable {
    var cat: String
    var name: String
    var ts: Double
    var dur: Double
    var args: Arguments?

    struct Arguments: Decodable {
      var kind: String?
      enum CodingKeys: String, CodingKey { case kind = "op_name" }
    }
  }

  private static let suffix = "_kernel_time"
  static let controlFlow: Set<String> = ["If", "Loop", "Scan"]

  /// - Throws: where the text is no trace.
  init(json: Data) throws {
    var runs: [[Node]] = []
    var open: [(node: Node, start: Double)] = []
    for event in try JSONDecoder().decode([Event].self, from: json) {
      if event.cat == "Session", event.name == "model_run" {
        runs.append(open.map(\.node))
        open.removeAll()
      }
      guard event.cat == "Node", event.name.hasSuffix(Self.suffix) else { continue }
      let kind = event.args?.kind ?? ""
      if Self.controlFlow.contains(kind) {
        // Its time contains that of its body.
        while let last = open.last, last.start >= event.ts { open.removeLast() }
      }
      let name = String(event.name.dropLast(Self.suffix.count))
      open.append((Node(name: name, kind: kind, microseconds: event.dur), event.ts))
    }
    self.runs = runs
  }

  /// The median time of each node over the runs after the first `warmUp`, in the order of execution;
  /// nil where the runs do not show the same nodes.
  func medians(droppingFirst warmUp: Int) -> NodeTimes? {
    let kept = runs.dropFirst(warmUp)
    guard var nodes = kept.first, !nodes.isEmpty else { return nil }
    guard kept.allSatisfy({ $0.map(\.name) == nodes.map(\.name) }) else { return nil }
    for index in nodes.indices {
      nodes[index].microseconds = median(kept.map { $0[index].microseconds })
    }
    return NodeTimes(nodes: nodes)
  }
}

/// The middle value, or the mean of the two middle ones; zero for none.
func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  guard !sorted.isEmpty else { return 0 }
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
