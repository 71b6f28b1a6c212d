import Foundation
import IsocutBackends
import IsocutFormats
import IsocutGraph
import IsocutProfile
import IsocutWorker

/// What the store keeps of programs, and under which keys.
extension ProgramMeasurer {
  /// With less space than this a tool may fail for want of it.
  private static let leastFreeBytes = 256 << 20

  /// A failure that would come again is kept, unless device or disk are to blame for it.
  ///
  /// - Parameter folder: where the tool writes; nil where it writes nothing.
  func keepingFailure<Value>(
    of subject: Subject, writing folder: String? = nil, _ body: () throws -> Value
  ) throws -> Value {
    do {
      return try body()
    } catch let error as IsocutError where error.code == .vendorTool {
      let limit = error.toolTimeLimit
      guard error.isLastingToolFailure || limit != nil else { throw error }
      _ = try tools.devices().device(device.qid, cores: 0)
      if let folder, let free = Self.freeBytes(at: folder), free < Self.leastFreeBytes {
        throw IsocutError(
          .vendorTool,
          "\(error.message); its disk has \(free >> 20) MiB left, which may be why", cause: error)
      }
      try store?.save(
        [StoredToolFailure(message: error.message)], for: failureKey(of: subject, limit: limit))
      throw error
    }
  }

  /// - Parameter limit: what was stopped after such a time is known only for that time.
  func knownFailure(_ subject: Subject, limit: Duration) throws -> IsocutError? {
    guard !retriesFailures, let store else { return nil }
    for limit in [nil, limit] {
      let known = try store.figures(
        for: failureKey(of: subject, limit: limit), as: [StoredToolFailure].self)
      if let failure = known?.first { return IsocutError(.vendorTool, failure.message) }
    }
    return nil
  }

  /// What failed before does not now.
  func forgetFailure(of subject: Subject, limit: Duration) throws {
    for limit in [nil, limit] {
      try store?.save([StoredToolFailure](), for: failureKey(of: subject, limit: limit))
    }
  }

  /// Of the file system that holds a folder, or will hold it.
  private static func freeBytes(at folder: String) -> Int? {
    var url = URL(fileURLWithPath: folder)
    while url.path.count > 1, !FileManager.default.fileExists(atPath: url.path) {
      url.deleteLastPathComponent()
    }
    let attributes = try? FileManager.default.attributesOfFileSystem(forPath: url.path)
    return (attributes?[.systemFreeSize] as? NSNumber)?.intValue
  }

  // MARK: Keys

  /// What decides the figures, and no path that does not.
  struct Subject: Encodable {
    var options: [String]
    var files: [String]
    /// Nil for a compilation.
    var instances: Int?
    var setSize: Int?
    var length: String?
    /// Nil for the first run.
    var attempt: Int?
    /// Of a failure that a time limit made.
    var limit: String?
  }

  func record(of program: AICProgram) -> CompileRecord {
    CompileRecord(command: program.compile, files: program.files, sdk: sdk)
  }

  func compilation(of program: AICProgram) -> Subject {
    let record = record(of: program)
    return Subject(options: record.options, files: record.files)
  }

  func run(of program: AICProgram, setSize: Int, attempt: Int = 0) -> Subject {
    var subject = compilation(of: program)
    subject.instances = program.layout.instances
    subject.setSize = setSize
    subject.length = "\(length)"
    subject.attempt = attempt > 0 ? attempt : nil
    return subject
  }

  private func failureKey(of subject: Subject, limit: Duration? = nil) throws -> FiguresKey {
    var subject = subject
    subject.limit = limit?.description
    return try key(.cloudAI100Failure, subject)
  }

  func key(_ kind: FiguresKey.Kind, _ subject: some Encodable) throws -> FiguresKey {
    FiguresKey(
      kind: kind,
      subject: FileHash.sha256(of: try WorkerCoding.encode(subject)),
      context: MeasurementKey.Context(
        backend: AICTools.backendName, backendVersion: sdk ?? "unknown",
        device: "\(device.sku ?? "unknown"), \(device.totalNSPs.map(String.init) ?? "?") NSPs",
        options: "{}", machine: MachineDescription.current().speedKey))
  }
}

/// Why a tool failed, as the store keeps it.
private struct StoredToolFailure: Codable {
  var message: String
}
