package import IsocutFormats
package import IsocutGraph

/// TFLite models on Edge TPUs: compiled by the vendor's compiler, run by TensorFlow Lite with the
/// vendor's delegate, one device a stage. What the compiler leaves to the CPU runs there and counts.
package struct EdgeTPUBackend: ExecutingBackend {
  package static let backendName = "edgetpu"

  package let name = Self.backendName
  package let format = ModelFormat.tflite
  package let isSimulated = false
  package let compilesExpensively = true
  package let sharesSessions = false
  package let choosesSpinning = false
  private let settings: EdgeTPUSettings
  private let engine: TFLiteBackend
  private let compiler: EdgeTPUCompiler

  /// - Parameter library: TensorFlow Lite's shared library; nil searches the usual places.
  package init(_ settings: EdgeTPUSettings = EdgeTPUSettings(), library: String? = nil) {
    self.settings = settings
    engine = TFLiteBackend(library: library)
    compiler = EdgeTPUCompiler(path: settings.compiler)
  }

  /// Ready where compiler, libraries and at least one device are here; else all that is missing.
  package func availability() -> Availability {
    var reasons: [String] = []
    var remedies: [String] = []
    func missing(_ reason: String, _ remedy: String) {
      reasons.append(reason)
      remedies.append(remedy)
    }
    if let absent = compiler.missing { missing(absent.reason, absent.remedy) }
    if case .unavailable(let reason, let remedy) = engine.availability() {
      missing(reason, remedy)
    }
    var devices: [EdgeTPUDevice] = []
    do {
      devices = try usableDevices()
      if devices.isEmpty {
        missing(
          settings.deviceType == .any
            ? "no Edge TPU is attached"
            : "no Edge TPU that \(settings.deviceType.rawValue) allows is attached",
          "attach one and look whether its driver is loaded")
      }
    } catch {
      missing(error.message, Self.libraryRemedy)
    }
    guard reasons.isEmpty, let library = try? library() else {
      return .unavailable(
        reason: reasons.joined(separator: "; "), remedy: remedies.joined(separator: "; "))
    }
    return .ready(
      version: "compiler \(compiler.version() ?? "unknown"), \(library.version)",
      library: library.path, details: devices.map { "\($0.path) (\($0.link.rawValue))" })
  }

  /// The devices for that many stages, one each.
  ///
  /// - Throws: `IsocutError` `.unavailable` where something is missing or there are too few.
  package func devices(forStages count: Int) throws -> [Device] {
    if case .unavailable(let reason, let remedy) = availability() {
      throw IsocutError(.unavailable, "\(reason); \(remedy)")
    }
    let found = try usableDevices()
    guard found.count >= count else {
      let kind = settings.deviceType == .any ? "" : " (\(settings.deviceType.rawValue))"
      throw IsocutError(
        .unavailable,
        """
        \(count) segments need \(count) Edge TPUs, and \(found.count) are attached\(kind): \
        \(found.map(\.path).joined(separator: ", ")); attach more, or cut into fewer segments
        """)
    }
    return found.prefix(count).enumerated().map { index, device in
      Device(
        id: "\(name):\(index)", kind: "\(name)-\(device.link.rawValue)", cpus: [], mos: 1, lanes: 1)
    }
  }

  // MARK: Backend

  package func prepare(_ request: PrepareRequest, in folder: String) throws -> PreparedModel {
    try engine.prepare(request, in: folder)
  }

  /// Unknown: the device does not time operators, and the CPU's times say nothing of it.
  package func firstCosts(
    _ model: PreparedModel, _ options: RunOptions, inputs: InputPlan, in folder: String
  ) throws -> FirstCosts? { nil }

  /// Leaves `NAME_edgetpu.tflite` and its log beside the stage's file.
  package func compile(_ request: CompileRequest) throws -> [Artifact] {
    guard case .stage(let file, let options) = request else {
      throw IsocutError(.usage, "\(name) compiles stages that are cut already")
    }
    let job = CompilerJob(
      model: file, outputFolder: folder(of: file),
      delegateSearchStep: settings.delegateSearchStep)
    let reports = try compiler.compile(job, timeout: .seconds(settings.compileSeconds))
    return [
      Artifact(
        backend: name, files: job.compiledFiles + job.logFiles, stages: [], options: options,
        report: try reports.map { try summary($0, of: job) })
    ]
  }

  package func open(
    _ artifact: Artifact, _ placement: Placement, inputs: [TensorSpec], outputs: [TensorSpec]
  ) throws -> any Executor {
    let devices = try usableDevices()
    guard devices.indices.contains(placement.accelerator) else {
      throw IsocutError(
        .unavailable,
        "Edge TPU \(placement.accelerator) is not attached any more; \(devices.count) are")
    }
    let delegate = try library().delegate(on: devices[placement.accelerator])
    return try engine.open(
      artifact, Interpreter.Options(delegate: delegate), inputs: inputs, outputs: outputs)
  }

  // MARK: The vendor's library

  private static let libraryRemedy =
    "install libedgetpu1-std from Google's Coral repository, or name it: ISOCUT_EDGETPU=PATH"

  private func library() throws(IsocutError) -> EdgeTPULibrary {
    switch EdgeTPULibrary.find() {
    case .loaded(let library): return library
    case .missing(let searched):
      throw IsocutError(
        .unavailable, "no Edge TPU library at " + searched.joined(separator: ", "))
    case .incompatible(let path, let found, let needed):
      throw IsocutError(.unavailable, "\(path) is version \(found), needed is \(needed)")
    case .broken(let path, let reason):
      throw IsocutError(.unavailable, "\(path) does not load: \(reason)")
    }
  }

  private func usableDevices() throws(IsocutError) -> [EdgeTPUDevice] {
    try library().devices.filter(settings.deviceType.allows)
  }

  // MARK: The compiler's report

  private func folder(of path: String) -> String {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    return parts.count > 1 ? parts.dropLast().joined(separator: "/") : "."
  }

  /// One line for people. The memory comes from the compiled file where that tells it: the
  /// compiler prints two decimals.
  private func summary(_ report: SegmentReport, of job: CompilerJob) throws -> String {
    let packages = try TFLiteFile(path: job.compiledFiles[0]).compiledPackages()
    let isExact = !packages.isEmpty
    let onChip =
      isExact ? packages.reduce(0) { $0 + $1.cachedParameterBytes } : report.onChipBytes
    let offChip =
      isExact ? packages.reduce(0) { $0 + $1.streamedParameterBytes } : report.offChipBytes
    let log = try? CompilerLog(readingFile: job.logFiles[0])
    return """
      \(onChip) bytes of parameters on chip, \(offChip) off chip; \
      \(report.operatorsOnDevice) operators on the device, \(report.operatorsOnCPU) on the CPU\
      \(log?.reasonsForCPU.map { ": \($0)" } ?? "")
      """
  }
}
