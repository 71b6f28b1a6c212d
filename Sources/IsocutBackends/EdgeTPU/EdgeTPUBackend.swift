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
    if !settings.compilesElsewhere, let absent = compiler.missing {
      missing(absent.reason, absent.remedy)
    }
    var engineVersion = ""
    switch engine.availability() {
    case .ready(let version, _, _): engineVersion = version
    case .unavailable(let reason, let remedy): missing(reason, remedy)
    }
    var attached: [EdgeTPUDevice] = []
    do {
      attached = try library().devices
      if !attached.contains(where: { settings.deviceType.allows(kind: $0.link.kind) }) {
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
    var details = attached.enumerated().map {
      "device \($0.offset): \($0.element.path) (\($0.element.link.rawValue))"
    }
    if let path = compiler.path { details.append("compiler: \(path)") }
    return .ready(
      version: "\(library.version), TensorFlow Lite \(engineVersion)", library: library.path,
      details: details)
  }

  /// All that are attached, whatever type was asked for; `edgetpu:1` is the second in the library's
  /// list, here and in every bundle.
  package func devices() throws -> [Device] {
    try library().devices.enumerated().map { index, device in
      Device(id: "\(name):\(index)", kind: device.link.kind, cpus: [], mos: 1, lanes: 1)
    }
  }

  package func compilerVersion() throws -> String? {
    guard !settings.compilesElsewhere else { return nil }
    if let absent = compiler.missing {
      throw IsocutError(.unavailable, "\(absent.reason); \(absent.remedy)")
    }
    return compiler.version() ?? "unknown"
  }

  // MARK: Backend

  package func prepare(_ request: PrepareRequest, in folder: String) throws -> PreparedModel {
    try engine.prepare(request, in: folder)
  }

  /// Unknown: the device does not time operators, and the CPU's times say nothing of it.
  package func firstCosts(
    _ model: PreparedModel, _ options: RunOptions, inputs: InputPlan, in folder: String
  ) throws -> FirstCosts? { nil }

  /// Leaves `NAME_edgetpu.tflite` and its log beside the stage's file. Of the vendor's own cut, whose
  /// sizes are all 1, each artifact has these two files and then the segment before it was compiled.
  package func compile(_ request: CompileRequest) throws -> [Artifact] {
    let job: CompilerJob
    let options: RunOptions
    switch request {
    case .stage(let file, let given):
      job = CompilerJob(
        model: file, outputFolder: folder(of: file),
        delegateSearchStep: settings.delegateSearchStep)
      options = given
    case .vendorSplit(let model, let sizes):
      job = CompilerJob(
        model: model, outputFolder: folder(of: model), segmentCount: sizes.count,
        delegateSearchStep: settings.delegateSearchStep)
      options = RunOptions(optimizationLevel: .basic)
    }
    let limit = settings.compileSeconds * Double(job.segmentCount)
    let reports = try compiler.compile(job, timeout: .seconds(limit))
    return try reports.enumerated().map { index, report in
      Artifact(
        backend: name,
        files: [job.compiledFiles[index], job.logFiles[index]]
          + job.cutFiles.dropFirst(index).prefix(1),
        stages: job.segmentCount > 1 ? [index] : [], options: options,
        report: [try summary(report, ofSegment: index, job)])
    }
  }

  package func open(
    _ artifact: Artifact, _ placement: Placement, inputs: [TensorSpec], outputs: [TensorSpec]
  ) throws -> any Executor {
    let devices = try library().devices
    guard devices.indices.contains(placement.accelerator) else {
      throw IsocutError(
        .unavailable,
        """
        the plan uses Edge TPU \(placement.accelerator), which is not attached; \(devices.count) are: \
        \(devices.map(\.path).joined(separator: ", "))
        """)
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

  // MARK: The compiler's report

  private func folder(of path: String) -> String {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    return parts.count > 1 ? parts.dropLast().joined(separator: "/") : "."
  }

  /// One line for people. The memory comes from the compiled file where that tells it: the
  /// compiler prints two decimals.
  private func summary(
    _ report: SegmentReport, ofSegment index: Int, _ job: CompilerJob
  ) throws -> String {
    guard let file = try? TFLiteFile(path: job.compiledFiles[index]) else {
      throw CompilerFailure.damagedFile.error(of: job, afterSegments: index)
    }
    // Another version's package may be laid out in another way, and runs all the same.
    let packages = (try? file.compiledPackages()) ?? []
    let isExact = !packages.isEmpty
    let onChip =
      isExact ? packages.reduce(0) { $0 + $1.cachedParameterBytes } : report.onChipBytes
    let offChip =
      isExact ? packages.reduce(0) { $0 + $1.streamedParameterBytes } : report.offChipBytes
    let log = try? CompilerLog(readingFile: job.logFiles[index])
    return """
      \(onChip) bytes of parameters on chip, \(offChip) off chip; \
      \(report.operatorsOnDevice) operators on the device, \(report.operatorsOnCPU) on the CPU\
      \(log?.reasonsForCPU.map { ": \($0)" } ?? "")
      """
  }
}
