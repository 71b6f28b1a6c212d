internal import IsocutGraph
internal import SwiftProtobuf

/// Other names for initializers of a model, and the fields in which those names stand.
struct ConstantRenames {
  private var names: [String: String] = [:]

  init() {}

  /// Names for those of `chosen` that are initializers: the old name behind a prefix, made longer
  /// until nothing in the model is called so. What a caller or an annotation knows by name keeps it.
  init(_ chosen: Set<String>, in file: ONNXFile) {
    guard !chosen.isEmpty else { return }
    let graph = file.model.graph
    var fixed = Set((graph.inputs + graph.outputs).map(\.name)).union(file.tensorNames)
    for annotation in graph.annotations {
      fixed.formUnion(annotation.parameters + [annotation.tensor])
    }
    let initializers = file.initializerNames
    var taken = fixed.union(initializers)
    for node in graph.nodes { taken.formUnion(node.contents.bodyNames) }
    for name in chosen.intersection(initializers).subtracting(fixed).sorted() {
      var other = ONNXFile.ownNamePrefix + name
      while !taken.insert(other).inserted { other += "_" }
      names[name] = other
    }
  }

  var isEmpty: Bool { names.isEmpty }
  subscript(_ name: String) -> String? { names[name] }

  /// Those that a body sees: names it gives to its own inputs and to what its nodes make mean
  /// something else inside.
  func visible(inBody message: WireReader) throws -> ConstantRenames {
    guard !isEmpty else { return self }
    let body = try GraphRecord([message], depth: 1)
    var visible = self
    for input in body.inputs { visible.names[input.name] = nil }
    for node in body.nodes { for output in node.outputs { visible.names[output] = nil } }
    return visible
  }

  /// The field with the new name where it holds one of the names, else nil.
  func field(
    _ field: WireField, of kind: WeightMover.Kind, in reader: WireReader
  ) throws -> [UInt8]? {
    guard !isEmpty, field.kind == .bytes else { return nil }
    var writer = WireWriter()
    switch (kind, field.number) {
    case (.node, NodeRecord.inputField), (.initializer, TensorRecord.nameField):
      guard let name = names[try reader.text(field)] else { return nil }
      writer.field(field.number, name.utf8)
    case (.graph, GraphRecord.Field.output), (.graph, GraphRecord.Field.valueInfo):
      var value = try Onnx_ValueInfoProto(reader, field)
      guard let name = names[value.name] else { return nil }
      value.name = name
      return try value.field(field.number)
    default: return nil
    }
    return writer.bytes
  }
}

extension ONNXFile {
  /// What names begin with that isocut gave to initializers.
  package static let ownNamePrefix = "isocut/"

  /// Names of all initializers, those of bodies included.
  package var initializerNames: Set<String> {
    model.graph.nodes.reduce(into: model.graph.initializerNames) {
      $0.formUnion($1.contents.bodyInitializers)
    }
  }
}
