/// What a part of a model uses, by positions in the source, ascending.
struct ContentUse {
  private(set) var subgraphs: [Int]
  private(set) var codes: [Int]
  /// Tensors of the main subgraph.
  private(set) var tensors: [Int32]
  /// Buffers that hold bytes.
  private(set) var buffers: [Int]

  init(_ model: ModelTable, _ content: KeptContent) {
    let main = model.subgraphs[0]
    var bodies: Set<Int> = [0]
    var codes: Set<Int> = []
    var pending = content.operators.map { main.operators[$0] }
    if content.isWhole {
      bodies.formUnion(model.subgraphs.indices)
      codes.formUnion(model.operatorCodes.indices)
      pending = []
    }
    while let entry = pending.popLast() {
      codes.insert(entry.code)
      for body in entry.bodies where bodies.insert(Int(body)).inserted {
        pending += model.subgraphs[Int(body)].operators
      }
    }
    var tensors = Set(content.inputs + content.outputs)
    if content.isWhole {
      tensors.formUnion(0..<Int32(main.tensors.count))
    } else {
      for position in content.operators {
        let entry = main.operators[position]
        tensors.formUnion(entry.inputs + entry.outputs + entry.intermediates)
      }
      for tensor in tensors where tensor >= 0 {
        tensors.formUnion(main.tensors[Int(tensor)].quantizationTensors)
      }
      tensors.remove(-1)
    }
    var buffers = Set(tensors.map { main.tensors[Int($0)].buffer })
    for body in bodies where body != 0 {
      buffers.formUnion(model.subgraphs[body].tensors.map(\.buffer))
    }
    for metadata in model.metadata
    where content.isWhole || metadata.name == "min_runtime_version" {
      buffers.insert(metadata.buffer)
    }
    if content.isWhole { buffers.formUnion(model.metadataBuffers.map(Int.init)) }
    subgraphs = bodies.sorted()
    self.codes = codes.sorted()
    self.tensors = tensors.sorted()
    self.buffers = buffers.sorted().filter {
      model.buffers.indices.contains($0) && !model.buffers[$0].isEmpty
    }
  }
}
