import ArgumentParser
import Foundation
import IsocutBackends
import IsocutGraph
import IsocutProfile
import IsocutReport
import IsocutSearch
import IsocutWorker

extension EdgeTPUDeviceType: ExpressibleByArgument {}

/// Who is to run the segments.
enum SegmentRunner: String, CaseIterable, ExpressibleByArgument {
  /// libcoral and pycoral, with a model's inputs at the first segment and its outputs at the last.
  case vendor
  /// `isocut run`, with both anywhere.
  case isocut
}

struct PartitionWithProfilingCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "partition-with-profiling",
    abstract: "Cut a TFLite model for a pipeline of Edge TPUs, by measuring compiled segments.",
    discussion: """
      Takes the command lines of libcoral's partition_with_profiling: each of its flags has one \
      dash or two, its value behind a blank or =. Compiles segments with the vendor's compiler, \
      measures them on a device, and leaves the best cut in the output folder: of each segment the \
      cut model, the compiled one and the compiler's log under libcoral's names, and beside them \
      a bundle.

      Without one of the four flags of libcoral's search (--diff_threshold_ns, \
      --partition_search_step, --initial_lower_bound_ns, --initial_upper_bound_ns) isocut's own \
      search finds the cut; with one, libcoral's procedure does.

      Examples:
        isocut partition-with-profiling \\
          --edgetpu_compiler_binary=/usr/bin/edgetpu_compiler \\
          --model_path=model.tflite --output_dir=cut --num_segments=3
        isocut partition-with-profiling -model_path model.tflite -num_segments 4 \\
          -device_type pcionly -diff_threshold_ns 500000
        isocut partition-with-profiling --model_path=model.tflite --num_segments=2 \\
          --worker "ssh pi isocut worker" --devices-for-profiling 1
      """)

  @Option(
    name: .libcoral("edgetpu_compiler_binary"),
    help: ArgumentHelp(
      "The compiler. Default: ISOCUT_EDGETPU_COMPILER, then PATH.", valueName: "path"))
  var compilerBinary: String?

  @Option(
    name: .libcoral("model_path"),
    help: ArgumentHelp("A TFLite model that is quantized to 8 bits.", valueName: "path"))
  var modelPath: String

  @Option(
    name: .libcoral("output_dir"), help: ArgumentHelp("Where the files go.", valueName: "folder"))
  var outputFolder = "/tmp/models"

  @Option(
    name: .libcoral("num_segments"),
    help: ArgumentHelp("Segments, each for a device; at least 2.", valueName: "n"))
  var segmentCount: Int

  @Option(
    name: .libcoral("device_type"), help: "Devices that may be used: any, pcionly or usbonly.")
  var deviceType: EdgeTPUDeviceType = .any

  @Option(
    name: .libcoral("delegate_search_step"),
    help: ArgumentHelp(
      "Operators that the compiler leaves to the CPU at each retry.", valueName: "count"))
  var delegateSearchStep = 1

  @Option(
    name: .libcoral("diff_threshold_ns"),
    help: ArgumentHelp(
      "libcoral's search: bounds closer than this end it (default: 1000000).", valueName: "ns"))
  var diffThresholdNs: Int?

  @Option(
    name: .libcoral("partition_search_step"),
    help: ArgumentHelp(
      "libcoral's search: operators by which a segment is shortened at a time (default: 1).",
      valueName: "count"))
  var partitionSearchStep: Int?

  @Option(
    name: .libcoral("initial_lower_bound_ns"), parsing: .unconditional,
    help: ArgumentHelp(
      "libcoral's search: time of the fastest segment to begin with; -1 for none.", valueName: "ns")
  )
  var initialLowerBoundNs: Int?

  @Option(
    name: .libcoral("initial_upper_bound_ns"), parsing: .unconditional,
    help: ArgumentHelp(
      "libcoral's search: time of the slowest segment to begin with; -1 for none.", valueName: "ns")
  )
  var initialUpperBoundNs: Int?

  @Option(
    help: ArgumentHelp(
      """
      Numbers of the devices to use, in the order of the segments, such as 0,2; isocut backends \
      lists them. Default: the first ones that --device_type allows.
      """, valueName: "numbers"))
  var devices: DeviceList?

  @Option(
    name: .customLong("devices-for-profiling"),
    help: ArgumentHelp(
      """
      Devices that measure; with fewer than segments these are measured one after the other. \
      Default: one for each segment.
      """, valueName: "count"))
  var devicesForProfiling: Int?

  @Option(
    help: ArgumentHelp(
      """
      Who is to run the segments: vendor keeps the model's inputs in the first segment and its \
      outputs in the last, as libcoral and pycoral want it; isocut cuts freely.
      """, valueName: "runner"))
  var runner: SegmentRunner = .vendor

  @Option(
    help: ArgumentHelp(
      """
      Measure each segment with so many runs, as libcoral does with 10. Default: until its time is \
      certain to 1 %.
      """, valueName: "count"))
  var runs: Int?

  @Option(
    name: .customLong("compile-time"),
    help: ArgumentHelp(
      "Time the compiler may take for one segment before it is killed, such as 60s.",
      valueName: "time"))
  var compileTime = TimeBudget(seconds: 240)

  @Option(
    help: ArgumentHelp(
      "Search method: certified, libcoral, equal-parameters or exhaustive. Default: as above."))
  var search: SearchMethod?

  @Option(
    help: ArgumentHelp(
      "Limit of the search: 600s, 40measurements or 20compilations.", valueName: "limit"))
  var budget: String?

  @Option(
    help: ArgumentHelp(
      "TensorFlow Lite's shared library. Default: ISOCUT_TFLITE, then .setup/lib, then the system.",
      valueName: "path"))
  var tflite: String?

  @OptionGroup(title: "Measurements") var store: StoreOptions
  @OptionGroup(title: "Measurements") var worker: WorkerOptions
  @OptionGroup(title: "Result") var report: ReportOptions

  func run() async throws {
    try report.check()
    let job = try job()
    let isRemote = try worker.command().isRemote
    // Checked before anything is written; of another machine's devices only that machine knows.
    if isRemote {
      try Engines.requireReady(job.selection.reference)
      _ = try job.selection.make().compilerVersion()
    } else {
      try Engines.requireReady(job.selection)
      _ = try choice(try job.selection.make().devices())
    }
    let measurer = try Engines.measurer(
      job.selection, worker, rule: runs.map(MeasuringRule.runs) ?? .search, store: try store.open())
    let result = try await PartitionRun.run(measurer) {
      request(job, choice: try choice(try await measurer.devices()))
    }
    let files = try SegmentFiles.copy(result.plan, from: result.bundle, to: outputFolder)
    try report.write(try Self.makeReport(result, files: files))
  }

  private static func makeReport(
    _ result: Partitioner.Result, files: [String]
  ) throws -> Report {
    var report = try PartitionReport.make(result)
    report.notes += files.enumerated().map { "Segment \($0): \($1)" }
    report.json = report.json.merging(["segments": JSONValue(files)])
    return report
  }

  /// What the flags say, without a look at devices.
  private struct Job {
    var selection: BackendSelection
    var method: SearchMethod
    var rule: BisectionRule
    var budget: Budget
  }

  private var settings: EdgeTPUSettings {
    EdgeTPUSettings(
      compiler: compilerBinary, deviceType: deviceType, devices: devices?.numbers,
      delegateSearchStep: delegateSearchStep, compileSeconds: compileTime.seconds)
  }

  /// Everything that can be wrong with the command line and the model is found here.
  private func job() throws -> Job {
    guard segmentCount >= 2 else {
      throw IsocutError(
        .usage, "--num_segments \(segmentCount): a pipeline has at least 2; compile the model whole"
      )
    }
    for (name, value) in [
      ("--delegate_search_step", delegateSearchStep), ("--runs", runs ?? 1),
      ("--devices-for-profiling", devicesForProfiling ?? 1),
    ] where value <= 0 {
      throw IsocutError(.usage, "\(name) \(value) is not above 0")
    }
    if let devicesForProfiling, devicesForProfiling > segmentCount {
      throw IsocutError(
        .usage,
        "--devices-for-profiling \(devicesForProfiling) is more than the \(segmentCount) segments")
    }
    if let numbers = devices?.numbers, numbers.count > segmentCount {
      throw IsocutError(
        .usage, "--devices names \(numbers.count) devices for \(segmentCount) segments")
    }
    guard compileTime.seconds > 0 else {
      throw IsocutError(.usage, "--compile-time must be more than nothing")
    }
    guard !modelPath.isEmpty else { throw IsocutError(.usage, "--model_path is empty") }
    guard !outputFolder.isEmpty else { throw IsocutError(.usage, "--output_dir is empty") }
    let flags = BisectionFlags(
      diffThresholdNs: ("--diff_threshold_ns", diffThresholdNs),
      partitionSearchStep: ("--partition_search_step", partitionSearchStep),
      initialLowerBoundNs: ("--initial_lower_bound_ns", Self.bound(initialLowerBoundNs)),
      initialUpperBoundNs: ("--initial_upper_bound_ns", Self.bound(initialUpperBoundNs)))
    let method = search ?? (flags.areGiven ? .libcoral : .certified)
    let selection = BackendSelection(settings, library: tflite)
    let job = Job(
      selection: selection, method: method, rule: try flags.rule(for: method),
      budget: try budget.map(Budget.init(parsing:)) ?? Budget())
    // Its own errors are clearer than an engine's.
    _ = try ModelSource(readingFile: modelPath, for: selection)
    return job
  }

  private func choice(_ attached: [Device]) throws -> EdgeTPUChoice {
    try EdgeTPUChoice(
      from: attached, settings, segments: segmentCount, measuring: devicesForProfiling)
  }

  private func request(_ job: Job, choice: EdgeTPUChoice) -> PartitionRequest {
    let stem = Self.stem(ofModel: modelPath)
    var request = PartitionRequest(
      preparation: PreparationRequest(
        backend: job.selection, model: PrepareRequest(modelPath: modelPath)),
      stageCount: segmentCount, layout: ClusterLayout(accelerators: choice.segments),
      level: .fixed(.basic), method: job.method, bisection: job.rule, tolerance: 0.01,
      budget: job.budget, output: "\(outputFolder)/\(stem).isocut", overwrites: true,
      segmentStem: stem)
    request.preparation.segmentsForVendorRunners = runner == .vendor ? segmentCount : nil
    request.measuringDevices = choice.measuring
    request.runs = runs
    return request
  }

  /// The vendor's tool takes a negative bound for none.
  private static func bound(_ value: Int?) -> Int? { value.flatMap { $0 < 0 ? nil : $0 } }

  private static func stem(ofModel path: String) -> String {
    let name = (path as NSString).lastPathComponent
    return name.hasSuffix(".tflite") ? (name as NSString).deletingPathExtension : name
  }
}
