import IsocutBackends
import IsocutGraph

extension ConfiguratorOptions {
  /// Reads a command line of the vendor's model configurator, in either dialect.
  ///
  /// An option that could have no effect is refused by name. A listing is the exception: it takes
  /// the options of a run as well, since the vendor's documented command has them.
  ///
  /// - Throws: `IsocutError` `.usage` naming the option that is wrong, and what to do.
  package init(parsing words: [String]) throws {
    try self.init(try ConfiguratorArguments(parsing: words))
  }

  package init(_ arguments: ConfiguratorArguments) throws {
    try arguments.refuseUnsupported()
    self.init(model: try arguments.model)
    listsOnly = arguments.has("list-configs")
    compilesOnly = arguments.has("compile-only")
    optimizerFile = arguments.last("config")
    configurationsFile = arguments.last("load-configs")
    savedConfigurations = arguments.last("save-config")
    outputFolder = arguments.last("output") ?? outputFolder
    store = arguments.last("store")
    keepsMeasurements = !arguments.has("no-store")
    retriesFailures = arguments.has("retry-failed")
    format = arguments.last("format")
    report = arguments.last("report")

    cores = try arguments.list("cores")
    batchSizes = try arguments.list("batchsize") ?? batchSizes
    mos = try arguments.list("mos") ?? mos
    ols = try arguments.list("ols") ?? ols
    instances = try arguments.list("instances")
    deallocDelays = try arguments.list("dealloc-dly") ?? deallocDelays
    splitSizes = try arguments.list("split-size") ?? splitSizes
    vtcmPercents = try arguments.list("limit-vtcm-percent") ?? vtcmPercents
    if let above = vtcmPercents.first(where: { $0 > 100 }) {
      throw IsocutError(.usage, "-limit-vtcm-percent \(above) is more than 100 percent")
    }
    partitions = arguments.has("enable-single-device-partitioning")
    wholeClusters = !arguments.has("no-whole-clusters")
    nsps = try arguments.number("nsps")
    depthFirst = try arguments.depthFirst

    compilations = try arguments.number("max-parallel-compilations") ?? compilations
    if let count = try arguments.number("iter") { length = .iterations(count) }
    if let seconds = try arguments.number("time") { length = .seconds(seconds) }
    if let seconds = try arguments.number("compile-timeout") { compileTimeout = .seconds(seconds) }
    if let seconds = try arguments.number("run-timeout") { runTimeout = .seconds(seconds) }
    if let degrees = try arguments.number("max-temperature") { coolDown.maximum = Double(degrees) }
    if let seconds = try arguments.number("cool-down-time", from: 0) {
      coolDown.patience = .seconds(seconds)
    }
    device = try arguments.number("device-id", from: 0)
    setSizes = try arguments.list("search-set-size") ?? setSizes
    batchSymbol = arguments.last("onnx-define-symbol-batch-size")
    precision =
      arguments.has("convert-to-fp16")
      ? .fp16 : arguments.has("no-quant") ? .unchanged : .quantized
    compilerOptions = arguments.compilerOptions
    inputs = try arguments.inputs

    try arguments.refuseWhatHasNoEffect()
    if !listsOnly { try arguments.refuseWhatARunCannotUse() }
  }
}

extension ConfiguratorArguments {
  /// From `-model`, or the older dialect's two words.
  fileprivate var model: String {
    get throws {
      var paths = positionals
      if let named = last("model") { paths.insert(named, at: 0) }
      guard let path = paths.first else {
        throw IsocutError(.usage, "give the model: -model MODEL.onnx, or MODEL.onnx onnx")
      }
      guard paths.count > 1 else { return path }
      guard paths[1] == "onnx" else {
        throw IsocutError(
          .usage,
          """
          '\(paths[1])' after the model is no kind of model that is read here; only onnx is
          """)
      }
      guard paths.count == 2 else {
        throw IsocutError(.usage, "'\(paths[2])' is left over after the model and its kind")
      }
      return path
    }
  }

  fileprivate func list(_ name: String) throws -> [Int]? {
    try last(name).map { try ValueList.parse($0, option: spelling(name)) }
  }

  fileprivate func number(_ name: String, from least: Int = 1) throws -> Int? {
    guard let text = last(name) else { return nil }
    guard let number = Int(text), number >= least else {
      throw IsocutError(
        .usage, "\(spelling(name)) \(text) is no whole number of at least \(least)")
    }
    return number
  }

  /// Off, on, or both of them with each memory size.
  fileprivate var depthFirst: [AICConfiguration.DepthFirst?] {
    get throws {
      let isOn = has("enable-depth-first")
      let isTested = has("test-depth-first-search")
      guard isOn || isTested else { return [nil] }
      let sizes = try list("depth-first-mem")
      let on =
        sizes.map { $0.map { AICConfiguration.DepthFirst(memory: $0) } }
        ?? [AICConfiguration.DepthFirst()]
      return (isTested ? [nil] : []) + on
    }
  }

  /// In the order of the option table, which the vendor's usage text has.
  fileprivate var compilerOptions: [String] {
    var options: [String] = []
    for option in ConfiguratorOption.all {
      let name: String
      switch option.role {
      case .compiler(let flag), .quantization(let flag): name = flag
      default: continue
      }
      let given = values[option.name] ?? []
      for value in option.repeats ? given : Array(given.suffix(1)) {
        options.append(option.takesValue ? "-\(name)=\(value)" : "-" + name)
      }
    }
    return options + compilerTokens
  }

  fileprivate var inputs: ConfiguratorOptions.Inputs {
    get throws {
      if has("input-list-generate") {
        guard let folder = last("image-dir") else {
          throw IsocutError(.usage, "-input-list-generate needs -image-dir, the folder of inputs")
        }
        return .folder(
          InputFolder(
            path: folder, width: try number("width"), height: try number("height"),
            reusesSingleFile: has("reuse-single-file"), suffix: last("image-type")))
      }
      return last("input-list-file").map(ConfiguratorOptions.Inputs.listFile) ?? .none
    }
  }
}
