/// One name for each tensor of a subgraph.
///
/// Files may repeat names or leave them empty; plans and stages need them unique. The first tensor
/// of a name keeps it, others get their position behind a `#`.
struct TensorNames: Sendable {
  let names: [String]

  init(_ tensors: [TensorTable]) {
    var taken = Set(tensors.lazy.map(\.name))
    var seen: Set<String> = [""]
    names = tensors.enumerated().map { index, tensor in
      if seen.insert(tensor.name).inserted { return tensor.name }
      var name = "\(tensor.name)#\(index)"
      while !taken.insert(name).inserted { name += "#" }
      return name
    }
  }

  subscript(index: Int32) -> String { names[Int(index)] }
}
