import Foundation
import IsocutFormats
import IsocutGraph
import IsocutReport
import IsocutSearch

/// `isocut inspect` as tables and JSON.
enum InspectReport {
  static func make(_ inspection: Inspection, summary environment: EnvironmentSummary) -> Report {
    let graph = inspection.graph
    let units = graph.contraction.units.count
    let points = graph.cutPoints
    return Report(
      tables: [
        summary(inspection, units: units), compiled(inspection.compiledPackages),
        kinds(of: graph), crossings(points),
        narrowest(points, in: graph),
      ].filter { !$0.rows.isEmpty },
      notes: inspection.notes, summary: environment,
      members: json(inspection, units: units, points: points))
  }

  private static func summary(_ inspection: Inspection, units: Int) -> Table {
    let graph = inspection.graph
    var table = Table(
      title: inspection.modelPath, columns: [.init("Property"), .init("Value")])
    table.append([.text("format"), .text(inspection.formatDescription)])
    table.append([.text("nodes in the file"), .text(String(inspection.fileNodeCount))])
    table.append([.text("operators"), .text(String(graph.operators.count))])
    table.append([.text("operators that can be cut"), .text(String(units))])
    table.append([
      .text("parameters"),
      .text("\(mebibytes(graph.parameterBytes)) MiB in \(graph.constants.count) constants"),
    ])
    if let macs = total(graph.operators.map(\.macs)) {
      table.append([.text("multiply-accumulates"), .text("\(millions(macs)) million")])
    }
    for input in graph.inputs { table.append([.text("input"), .text(text(graph.tensors[input]))]) }
    for output in graph.outputs {
      switch output {
      case .tensor(let index):
        table.append([.text("output"), .text(text(graph.tensors[index]))])
      case .constant(let index):
        table.append([.text("output"), .text("\(graph.constants[index].name): a constant")])
      }
    }
    for tie in graph.ties.prefix(5) {
      table.append([
        .text("kept together"),
        .text("\(tie.operators.count) operators around \(tie.tensor): \(tie.reason)"),
      ])
    }
    if graph.ties.count > 5 {
      table.append([.text("kept together"), .text("and \(graph.ties.count - 5) more groups")])
    }
    return table
  }

  /// How the vendor's compiler divided the memory of an Edge TPU.
  private static func compiled(_ packages: [CompiledPackage]) -> Table {
    var table = Table(
      title: "Compiled for the Edge TPU",
      columns: [
        .init("Operator"),
        .init("Parameters kept on chip", unit: .kibibytes, key: "on_chip_parameters_kib"),
        .init("Parameters streamed", unit: .kibibytes, key: "streamed_parameters_kib"),
        .init("Instructions", unit: .kibibytes, key: "instructions_kib"),
        .init("Activations a tile", unit: .kibibytes, key: "activations_per_tile_kib"),
        .init("To the device", unit: .kibibytes, key: "to_device_kib"),
        .init("From the device", unit: .kibibytes, key: "from_device_kib"),
        .init("Runtime", key: "minimum_runtime_version"),
      ])
    for package in packages {
      table.append([
        .integer(package.operatorPosition), .kibibytes(fromBytes: package.cachedParameterBytes),
        .kibibytes(fromBytes: package.streamedParameterBytes),
        .kibibytes(
          fromBytes: package.cachingInstructionBytes + package.executionInstructionBytes),
        .kibibytes(fromBytes: package.narrowBytesPerTile),
        .kibibytes(fromBytes: package.inputBytes.reduce(0, +)),
        .kibibytes(fromBytes: package.outputBytes.reduce(0, +)),
        .text("\(package.minimumRuntimeVersion) or newer"),
      ])
    }
    return table
  }

  private static func kinds(of graph: Graph) -> Table {
    var table = Table(
      title: "Operators by kind",
      columns: [
        .init("Kind"), .init("Count"), .init("Parameters", unit: .mebibytes), .init("Million MACs"),
      ])
    let groups = Dictionary(grouping: graph.operators, by: \.kind)
    var counted: Set<Int> = []
    let rows = groups.map { kind, members in (kind, members) }
      .sorted { ($1.1.count, $0.0) < ($0.1.count, $1.0) }
    for (kind, members) in rows {
      let constants = Set(members.flatMap(\.constants)).subtracting(counted)
      counted.formUnion(constants)
      let bytes = constants.reduce(0) { $0 + graph.constants[$1].byteCount }
      let macs = members.compactMap(\.macs)
      table.append([
        .text(kind), .integer(members.count), .mebibytes(fromBytes: bytes),
        macs.isEmpty ? .missing : .number(Double(macs.reduce(0, +)) / 1e6),
      ])
    }
    return table
  }

  /// How many places there are for each number of tensors that cross.
  private static func crossings(_ points: [CutPoint]) -> Table {
    var table = Table(
      title: "Cut points by tensors crossing",
      columns: [
        .init("Tensors crossing", key: "tensors_crossing"), .init("Cut points", key: "cut_points"),
        .init("Fewest bytes", unit: .kibibytes, key: "fewest_kib"),
        .init("Most bytes", unit: .kibibytes, key: "most_kib"),
      ])
    for (count, members) in Dictionary(grouping: points, by: \.tensors.count).sorted(by: {
      $0.key < $1.key
    }) {
      let sizes = members.compactMap(\.byteCount)
      table.append([
        .integer(count), .integer(members.count), .kibibytes(fromBytes: sizes.min()),
        .kibibytes(fromBytes: sizes.max()),
      ])
    }
    return table
  }

  /// The places where least crosses, spread over the model.
  private static func narrowest(_ points: [CutPoint], in graph: Graph) -> Table {
    var table = Table(
      title: "Narrow cut points, one for each tenth of the model",
      columns: [
        .init("Operators before", key: "operators_before"), .init("After operator"),
        .init("Tensors crossing", key: "tensors_crossing"),
        .init("Crossing", unit: .kibibytes, key: "crossing_kib"),
      ])
    let tenth = max(1, (points.count + 9) / 10)
    for start in stride(from: 0, to: points.count, by: tenth) {
      let part = points[start..<min(start + tenth, points.count)]
      guard let best = part.min(by: { rank($0) < rank($1) }) else { continue }
      table.append([
        .integer(best.unitsBefore), .text(abbreviated(graph.operators[best.after].id)),
        .integer(best.tensors.count), .kibibytes(fromBytes: best.byteCount),
      ])
    }
    return table
  }

  private static func rank(_ point: CutPoint) -> (Int, Int) {
    (point.tensors.count, point.byteCount ?? .max)
  }

  private static func json(
    _ inspection: Inspection, units: Int, points: [CutPoint]
  ) -> JSONValue {
    let graph = inspection.graph
    return [
      "model": .string(inspection.modelPath),
      "format": .string(inspection.format.rawValue),
      "prepared": .bool(inspection.isPrepared),
      "prepared_sha256": JSONValue(inspection.preparedSha256),
      "opsets": .object(
        inspection.opsets.sorted { $0.key < $1.key }
          .map { .init(key: $0.key.isEmpty ? "ai.onnx" : $0.key, value: .integer($0.value)) }),
      "file_nodes": .integer(inspection.fileNodeCount),
      "operators": .integer(graph.operators.count),
      "operators_that_can_be_cut": .integer(units),
      "parameter_bytes": .integer(graph.parameterBytes),
      "macs": JSONValue(total(graph.operators.map(\.macs))),
      "inputs": .array(graph.inputs.map { json(graph.tensors[$0]) }),
      "outputs": .array(
        graph.outputs.map { output in
          switch output {
          case .tensor(let index): json(graph.tensors[index])
          case .constant(let index):
            ["name": .string(graph.constants[index].name), "type": nil, "shape": nil]
          }
        }),
      "cut_points": .array(
        points.map { point in
          [
            "operators_before": .integer(point.unitsBefore),
            "after": .string(graph.operators[point.after].id),
            "tensors": JSONValue(point.tensors.map { graph.tensors[$0].name }),
            "crossing_bytes": JSONValue(point.byteCount),
          ]
        }),
      "kept_together": .array(
        graph.ties.map { tie in
          [
            "tensor": .string(tie.tensor), "reason": .string(tie.reason),
            "operators": JSONValue(tie.operators.map { graph.operators[$0].id }),
          ]
        }),
      "compiled_packages": .array(inspection.compiledPackages.map(json)),
      "notes": JSONValue(inspection.notes),
    ]
  }

  private static func json(_ package: CompiledPackage) -> JSONValue {
    [
      "operator": .integer(package.operatorPosition),
      "minimum_runtime_version": .integer(package.minimumRuntimeVersion),
      "on_chip_parameter_bytes": .integer(package.cachedParameterBytes),
      "streamed_parameter_bytes": .integer(package.streamedParameterBytes),
      "caching_instruction_bytes": .integer(package.cachingInstructionBytes),
      "execution_instruction_bytes": .integer(package.executionInstructionBytes),
      "narrow_bytes_per_tile": .integer(package.narrowBytesPerTile),
      "scratch_bytes": .integer(package.scratchBytes),
      "caching_token": .string(String(package.cachingToken)),
      "input_bytes": JSONValue(package.inputBytes),
      "output_bytes": JSONValue(package.outputBytes),
    ]
  }

  private static func json(_ tensor: Tensor) -> JSONValue {
    [
      "name": .string(tensor.name), "type": JSONValue(tensor.type.element?.rawValue),
      "shape": tensor.type.shape.map { shape in
        .array(
          shape.map { dimension in
            switch dimension {
            case .fixed(let size): .integer(size)
            case .symbol(let name): .string(name)
            case .unknown: .null
            }
          })
      } ?? .null,
    ]
  }

  private static func text(_ tensor: Tensor) -> String {
    "\(abbreviated(tensor.name)): \(tensor.type)"
  }

  /// A name that leaves a table legible; converters fuse the names of what they fuse, into hundreds
  /// of characters.
  private static func abbreviated(_ name: String) -> String {
    name.count <= 72 ? name : name.prefix(71) + "…"
  }

  /// The sum where all are known.
  private static func total(_ values: [Int?]) -> Int? {
    let known = values.compactMap { $0 }
    return known.isEmpty ? nil : known.reduce(0, +)
  }

  private static func mebibytes(_ bytes: Int) -> String {
    String(format: "%.2f", Double(bytes) / 1_048_576)
  }

  private static func millions(_ count: Int) -> String {
    String(format: "%.1f", Double(count) / 1e6)
  }
}
