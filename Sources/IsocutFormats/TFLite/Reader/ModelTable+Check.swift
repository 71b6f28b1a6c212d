internal import IsocutGraph

extension ModelTable {
  /// Checks every position that one part of the file gives for another.
  ///
  /// - Throws: `IsocutError` `.badData` naming what points nowhere.
  func checkReferences() throws {
    guard !subgraphs.isEmpty else { throw IsocutError(.badData, "it has no subgraph") }
    for (index, subgraph) in subgraphs.enumerated() {
      try check(subgraph, index == 0 ? "the model" : "subgraph \(index)")
    }
    for entry in metadata where !buffers.indices.contains(entry.buffer) {
      throw IsocutError(
        .badData, "the metadata \(entry.name) lie in buffer \(entry.buffer) of \(buffers.count)")
    }
    for signature in signatures {
      guard subgraphs.indices.contains(signature.subgraph) else {
        throw IsocutError(
          .badData, "the signature \(signature.key) is of subgraph \(signature.subgraph)")
      }
      let tensors = subgraphs[signature.subgraph].tensors
      for port in signature.inputs + signature.outputs
      where !tensors.indices.contains(port.tensor) {
        throw IsocutError(
          .badData,
          "the signature \(signature.key) gives \(port.name) the tensor \(port.tensor) of \(tensors.count)"
        )
      }
    }
  }

  private func check(_ subgraph: SubgraphTable, _ place: String) throws {
    let tensors = subgraph.tensors
    func check(_ indices: [Int32], optional: Bool, _ what: @autoclosure () -> String) throws {
      for index in indices
      where !tensors.indices.contains(Int(index)) && !(optional && index == -1) {
        throw IsocutError(.badData, "\(what()) the tensor \(index) of \(tensors.count)")
      }
    }
    for tensor in tensors {
      guard buffers.indices.contains(tensor.buffer) || tensor.buffer == 0 else {
        throw IsocutError(
          .badData,
          "the tensor \(tensor.name) of \(place) lies in buffer \(tensor.buffer) of \(buffers.count)"
        )
      }
      try check(
        tensor.quantizationTensors, optional: true,
        "the quantization of \(tensor.name) in \(place) names")
    }
    try check(subgraph.inputs, optional: false, "\(place) takes")
    try check(subgraph.outputs, optional: false, "\(place) returns")
    for (index, entry) in subgraph.operators.enumerated() {
      guard operatorCodes.indices.contains(entry.code) else {
        throw IsocutError(
          .badData,
          "operator \(index) of \(place) is of the kind \(entry.code) of \(operatorCodes.count)")
      }
      let name = { "operator \(index) (\(operatorCodes[entry.code].kind)) of \(place)" }
      try check(entry.inputs, optional: true, name() + " reads")
      try check(entry.outputs, optional: true, name() + " writes")
      try check(entry.intermediates, optional: true, name() + " uses")
      // The main subgraph is nobody's body: it would run itself.
      for body in entry.bodies where body == 0 || !subgraphs.indices.contains(Int(body)) {
        throw IsocutError(
          .badData, "\(name()) runs the subgraph \(body) of \(subgraphs.count)")
      }
    }
  }

  /// The bytes of a tensor's buffer; empty where it has none.
  func data(of tensor: TensorTable) -> Range<Int> {
    buffers.indices.contains(tensor.buffer) ? buffers[tensor.buffer] : 0..<0
  }
}
