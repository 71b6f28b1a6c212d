internal import IsocutGraph
internal import IsocutSolver

/// isocut's own cost graph in JSON; `docs/solver.md` describes each field.
struct CostGraphFile: Decodable {
  static let newestVersion = 1

  var schema_version: Int
  var operators: [Operator]
  var edges: [[CostGraph.NodeID]]?
  var nets: [FileNet]?
  var groups: [[CostGraph.NodeID]]?
  var constants: [FileConstant]?
  var devices: [FileDevice]
  var device_order: String?
  var off_chip: [String: FileOffChip]?
  var measured: [FileMeasured]?
  var assumes_monotone: Bool?
  var uses_all_devices: Bool?
  var maximum_copies: Int?

  struct Operator: Decodable {
    var id: CostGraph.NodeID
    /// Time per device kind; a kind that is absent or null cannot run the operator.
    var times_ms: [String: Double?]
    var bytes: Int?
    /// Position in the device list of the only device that may run it.
    var device: Int?
  }

  struct FileNet: Decodable {
    var producer: CostGraph.NodeID
    var consumers: [CostGraph.NodeID]
    var cost_ms: Double
  }

  struct FileConstant: Decodable {
    var bytes: Int
    var readers: [CostGraph.NodeID]
  }

  struct FileDevice: Decodable {
    var kind: String
    var count: Int?
    var memory_limit_bytes: Int?
    var overhead_ms: Double?
    var pays_transfer: Bool?
    var transfer_factor: Double?
  }

  struct FileOffChip: Decodable {
    var capacity_bytes: Int
    var ms_per_byte: Double
  }

  struct FileMeasured: Decodable {
    var nodes: [CostGraph.NodeID]
    var kind: String
    var lower_ms: Double
    var estimate_ms: Double
    var upper_ms: Double
  }

  func costGraph() throws -> CostGraph {
    guard schema_version <= Self.newestVersion else {
      throw IsocutError(
        .badData,
        "schema_version is \(schema_version), this isocut reads up to \(Self.newestVersion)")
    }
    var position: [CostGraph.NodeID: Int] = [:]
    for (index, element) in operators.enumerated() {
      guard position.updateValue(index, forKey: element.id) == nil else {
        throw IsocutError(.badData, "operator \(element.id) appears twice")
      }
    }
    func find(_ id: CostGraph.NodeID) throws -> Int {
      guard let index = position[id] else {
        throw IsocutError(.badData, "operator \(id) is named but does not exist")
      }
      return index
    }
    var successors: [[Int]] = Array(repeating: [], count: operators.count)
    for edge in edges ?? [] {
      guard edge.count == 2 else {
        throw IsocutError(.badData, "an edge has \(edge.count) ends; it is [from, to]")
      }
      successors[try find(edge[0])].append(try find(edge[1]))
    }
    var list: [StageDevice] = []
    for device in devices {
      let count = device.count ?? 1
      guard (1...4096).contains(count) else {
        throw IsocutError(.badData, "a device has count \(count); it must be 1 to 4096")
      }
      if device.pays_transfer == false, let factor = device.transfer_factor, factor != 0 {
        throw IsocutError(
          .badData, "a device pays no transfer but has transfer_factor \(factor); leave one out")
      }
      list += Array(
        repeating: StageDevice(
          kind: DeviceKind(rawValue: device.kind), memoryLimit: device.memory_limit_bytes,
          overhead: device.overhead_ms ?? 0,
          transferFactor: device.pays_transfer == false ? 0 : device.transfer_factor ?? 1),
        count: count)
    }
    var times: [DeviceKind: [Double]] = [:]
    for kind in Set(devices.map(\.kind)) {
      times[DeviceKind(rawValue: kind)] = operators.map { ($0.times_ms[kind] ?? nil) ?? .infinity }
    }
    let order: DeviceOrder
    switch device_order {
    case nil, "interchangeable": order = .interchangeable
    case "as_listed": order = .asListed
    case .some(let other):
      throw IsocutError(
        .badData, "device_order is \(other); it is interchangeable or as_listed")
    }
    var bindings: [Int: Int] = [:]
    for (index, element) in operators.enumerated() { bindings[index] = element.device }
    let problem = Problem(
      operatorCount: operators.count, successors: successors,
      groups: try (groups ?? []).map { try $0.map(find) }, devices: list, deviceOrder: order,
      times: times,
      nets: try (nets ?? []).map {
        Net(
          producer: try find($0.producer), consumers: try $0.consumers.map(find),
          cost: $0.cost_ms)
      },
      memory: StageMemory(
        operatorBytes: operators.map { $0.bytes ?? 0 },
        constants: try (constants ?? []).map {
          .init(bytes: $0.bytes, readers: try $0.readers.map(find))
        }),
      offChip: Dictionary(
        uniqueKeysWithValues: (off_chip ?? [:]).map {
          (
            DeviceKind(rawValue: $0.key),
            OffChip(capacityBytes: $0.value.capacity_bytes, timePerByte: $0.value.ms_per_byte)
          )
        }),
      measured: try (measured ?? []).map {
        MeasuredStage(
          operators: OperatorSet(try $0.nodes.map(find), capacity: operators.count),
          kind: DeviceKind(rawValue: $0.kind),
          cost: StageCost(
            lower: $0.lower_ms, estimate: $0.estimate_ms, upper: $0.upper_ms, source: .measured))
      },
      assumesMonotone: assumes_monotone ?? true, bindings: bindings,
      usesAllDevices: uses_all_devices ?? false, maximumCopies: maximum_copies ?? 1)
    return CostGraph(problem: problem, nodes: operators.map(\.id))
  }
}
