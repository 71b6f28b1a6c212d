package import IsocutBackends
import IsocutGraph

/// What a command line of the vendor's model configurator asks for.
package struct ConfiguratorOptions: Hashable, Sendable {
  /// Inputs for running and for quantizing.
  package enum Inputs: Hashable, Sendable {
    /// None are given: the runner takes random ones.
    case none
    /// A file that names one raw file a line.
    case listFile(String)
    /// A folder of `.raw` and `.npy` files.
    case folder(InputFolder)
  }

  package enum Precision: Hashable, Sendable {
    case fp16
    case quantized
    /// As the model has it (`-no-quant`).
    case unchanged
  }

  package var model: String
  /// True prints the configurations and runs nothing.
  package var listsOnly = false
  /// True compiles every configuration and runs none.
  package var compilesOnly = false
  /// A file of the optimiser; nil searches by brute force.
  package var optimizerFile: String?
  /// A CSV file of configurations to take in place of the search space.
  package var configurationsFile: String?
  /// Where to write the configurations as CSV.
  package var savedConfigurations: String?
  /// Where programs and results go.
  package var outputFolder = "./model_configurator_output"
  /// The database of measurements; nil is that of the user.
  package var store: String?
  package var keepsMeasurements = true
  package var retriesFailures = false
  /// The form of the result; nil is that of the report's suffix, or a table.
  package var format: String?
  /// Where the result is written; nil prints it.
  package var report: String?

  // The search space; nil where nothing is given.
  package var cores: [Int]?
  package var batchSizes = [1]
  package var mos: [Int] = []
  package var ols = [1]
  package var instances: [Int]?
  package var deallocDelays = [3]
  package var splitSizes = [2048]
  package var vtcmPercents = [100]
  package var depthFirst: [AICConfiguration.DepthFirst?] = [nil]
  package var partitions = false
  package var wholeClusters = true
  /// Cores of the device, for a listing without one.
  package var nsps: Int?

  package var compilations = 1
  package var length = RunCommand.Length.seconds(5)
  package var compileTimeout = Duration.seconds(3600)
  /// Beyond the length of a run.
  package var runTimeout = Duration.seconds(120)
  package var coolDown = CoolDown()
  package var device: Int?
  /// Inferences queued for each instance. The default is the vendor's.
  package var setSizes = [10]
  package var inputs = Inputs.none
  package var precision = Precision.quantized
  /// The name of the model's free batch dimension (`-onnx-define-symbol-batch-size`).
  package var batchSymbol: String?
  /// Options for the compiler, beside those of a configuration; what followed `--` comes last.
  package var compilerOptions: [String] = []

  package init(model: String) { self.model = model }

  /// The search space on a device of `nsps` cores.
  package func space(nsps: Int) -> ConfigurationSpace {
    var space = ConfigurationSpace(
      cores: cores ?? ConfigurationSpace.defaultCores(nsps: nsps), nsps: nsps)
    space.batchSizes = batchSizes
    space.ols = ols
    space.mos = mos
    space.instances = instances.map(ConfigurationSpace.Instances.values) ?? .filling
    space.deallocDelays = deallocDelays
    space.splitSizes = splitSizes
    space.vtcmPercents = vtcmPercents
    space.depthFirst = depthFirst
    space.partitions = partitions
    space.wholeClusters = wholeClusters
    return space
  }
}
