import Crypto
import Foundation
import IsocutBackends
import IsocutFormats
import IsocutGraph
import IsocutWorker

/// What was chosen for a measurement, as its key holds it: what changes the figures, and nothing that
/// differs between two runs of the same command.
struct ChosenForStage: Encodable {
  struct Lane: Encodable {
    var cores: Int
    /// Numbers of the cores among those of all stages measured together; nil for a stage alone,
    /// whose cores are as good as any others of their kind.
    var places: [Int]?
    var threads: Int
    var spins: Bool
    /// Of what kinds the cores are, on a machine with more than one.
    var coreKinds: String?
  }

  var run: RunOptions
  var lanes: [Lane]
  var inputs: KeyedInputs
  var rule: MeasuringRule?
  /// The worker's limits, where these ended the measurement.
  private var limits: Limits?

  private struct Limits: Encodable {
    var seconds: Double
    var memoryBytes: UInt64?
    var compileSeconds: Double?
  }

  func limited(
    to time: Duration, memoryBytes: UInt64?, compileSeconds: Double?
  ) -> ChosenForStage {
    var chosen = self
    chosen.limits = Limits(
      seconds: time / .seconds(1), memoryBytes: memoryBytes, compileSeconds: compileSeconds)
    return chosen
  }

  /// Of a stage alone.
  init(
    _ options: RunOptions, _ load: Load, _ rule: MeasuringRule, on machine: MachineDescription
  ) {
    self.init(options, load, on: machine) { _ in nil }
    self.rule = rule
  }

  /// Of one of several stages: whether two of them share a core matters, not which one it is.
  ///
  /// - Parameter places: numbers given to cores so far.
  init(
    _ options: RunOptions, _ load: Load, sharing places: inout [Int: Int],
    on machine: MachineDescription
  ) {
    for cpu in load.lanes.flatMap(\.cpus) where places[cpu] == nil { places[cpu] = places.count }
    let numbers = places
    self.init(options, load, on: machine) { $0.cpus.compactMap { numbers[$0] } }
  }

  private init(
    _ options: RunOptions, _ load: Load, on machine: MachineDescription,
    places: (Placement) -> [Int]?
  ) {
    run = options
    lanes = load.lanes.map {
      Lane(
        cores: $0.cpus.count, places: places($0), threads: $0.threads, spins: $0.spins,
        coreKinds: machine.coreKinds.name(of: $0.cpus))
    }
    inputs = KeyedInputs(load.inputPlan)
  }
}

struct ChosenForSeveral: Encodable {
  var stages: [ChosenForStage]
  var order: SeveralStages.Order
  var rule: SeveralStages.Rule
}

struct ChosenForProfile: Encodable {
  /// Raised where a profile is read otherwise than before.
  var form = 2
  var run: RunOptions
  var inputs: KeyedInputs
  var shapes: [String: [Int]]
  /// Of what kinds the cores are, on a machine with more than one.
  var coreKinds: String?

  init(
    _ options: RunOptions, _ inputs: InputPlan, _ tensors: [TensorSpec], coreKinds: String?
  ) {
    run = options
    self.coreKinds = coreKinds
    self.inputs = KeyedInputs(inputs)
    shapes = Dictionary(
      tensors.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first })
  }
}

/// Inputs, with hashes in the place of contents.
struct KeyedInputs: Encodable {
  var values: [String: Double]
  var ranges: [String: InputPlan.ClosedInterval]
  var contents: [String: String]
  var seed: UInt64

  init(_ plan: InputPlan) {
    values = plan.values
    ranges = plan.ranges
    contents = plan.contents.mapValues { SHA256.hash(data: $0).hexadecimal }
    seed = plan.seed
  }
}

extension MeasurementKey.Context {
  /// The context of measuring something at a site.
  init(
    _ backend: BackendSelection, _ site: MeasuringSite, device: String, chosen: some Encodable
  ) throws {
    self.init(
      backend: backend.storedName, backendVersion: site.versions, device: device,
      options: String(decoding: try WorkerCoding.encode(chosen), as: UTF8.self),
      machine: site.machine.speedKey)
  }
}
