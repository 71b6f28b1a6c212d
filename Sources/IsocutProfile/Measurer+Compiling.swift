import Foundation
import IsocutBackends
import IsocutFormats
package import IsocutGraph
import IsocutWorker

extension Measurer {
  /// What the vendor's compiler makes of stage files, compiled on this machine, as many at the same
  /// time as it has cores; each content once, also over several commands.
  ///
  /// - Parameter stages: a stage's files, the one to load first.
  /// - Returns: for each stage what was made of it, or the compiler's failure.
  /// - Throws: `IsocutError` `.unavailable` where the compiler is missing; what writing throws.
  package func compiled(
    _ stages: [[String]]
  ) async throws -> [Result<CompiledFile, IsocutError>] {
    await turn.take()
    defer { turn.give() }
    return try await compile(stages)
  }

  /// The same for a caller that has the turn.
  func compile(
    _ stages: [[String]]
  ) async throws -> [Result<CompiledFile, IsocutError>] {
    let cache = try compiledFiles()
    let backend = try configuration.backend.make()
    let compiler = try await compilerName()
    let names = try stages.map {
      CompiledFileCache.name(try fileHashes.sha256(ofFiles: $0), segments: 1, compiler)
    }
    var known: [String: Result<CompiledFile, IsocutError>] = [:]
    var missing: [(name: String, file: String)] = []
    for (name, files) in zip(names, stages) where known[name] == nil {
      if let found = cache.compiled(name)?.first {
        known[name] = .success(found)
      } else if let failure = failedCompilations[name] {
        known[name] = .failure(failure)
      } else if let file = files.first, !missing.contains(where: { $0.name == name }) {
        missing.append((name, file))
      }
    }
    counts.compilations += missing.count
    let width = max(1, CPUAffinity.allowed.count)
    for start in stride(from: 0, to: missing.count, by: width) {
      let batch = missing[start..<min(start + width, missing.count)]
      try await withThrowingTaskGroup(of: (String, Result<CompiledFile, IsocutError>).self) {
        for (name, file) in batch {
          $0.addTask {
            (name, try await Self.compile(file, as: name, on: backend, in: cache))
          }
        }
        for try await (name, result) in $0 {
          known[name] = result
          if case .failure(let failure) = result { failedCompilations[name] = failure }
        }
      }
    }
    return names.compactMap { known[$0] }
  }

  /// Compiles stages that are about to be measured, where a vendor's compiler does that; those that
  /// do not compile say so when they are measured.
  package func expect(_ stages: [[String]]) async throws {
    if try compilesFirst { _ = try await compiled(stages) }
  }

  private static func compile(
    _ file: String, as name: String, on backend: any Backend, in cache: CompiledFileCache
  ) async throws -> Result<CompiledFile, IsocutError> {
    do {
      let compiled = try await cache.make(name) { folder in
        let copy = folder + "/segment" + backend.format.fileSuffix
        try FileManager.default.copyItem(atPath: file, toPath: copy)
        return try await BlockingThread.run("isocut compile") {
          try backend.compile(.stage(file: copy, options: RunOptions(optimizationLevel: .basic)))
        }
      }
      guard let first = compiled.first else {
        return .failure(
          IsocutError(.vendorTool, "the compiler of \(backend.name) made nothing of a segment"))
      }
      return .success(first)
    } catch let error as IsocutError where error.code == .vendorTool {
      return .failure(error)
    }
  }

  /// The cut of a whole model that the vendor's compiler makes itself.
  ///
  /// - Parameter title: the name of the model for what the compiler says.
  /// - Returns: of each segment the compiled file, the log and the segment before compiling.
  /// - Throws: `IsocutError` `.vendorTool` where the compiler fails.
  package func compiledSplit(
    of model: String, title: String, into count: Int
  ) async throws -> [CompiledFile] {
    await turn.take()
    defer { turn.give() }
    let cache = try compiledFiles()
    let name = CompiledFileCache.name(
      [try fileHashes.sha256(ofFile: model)], segments: count, try await compilerName())
    if let known = cache.compiled(name), known.count == count { return known }
    counts.compilations += count
    let backend = try configuration.backend.make()
    return try await cache.make(name) { folder in
      let copy = folder + "/" + title + backend.format.fileSuffix
      try FileManager.default.copyItem(atPath: model, toPath: copy)
      return try await BlockingThread.run("isocut compile") {
        try backend.compile(
          .vendorSplit(model: copy, sizes: Array(repeating: 1, count: count)))
      }
    }
  }

  /// Takes what the compiler made in its own cut for what it makes of the same segment.
  ///
  /// - Parameter files: the segment as isocut writes it.
  package func adopt(_ compiled: CompiledFile, forStage files: [String]) async throws {
    await turn.take()
    defer { turn.give() }
    let cache = try compiledFiles()
    let name = CompiledFileCache.name(
      try fileHashes.sha256(ofFiles: files), segments: 1, try await compilerName())
    guard cache.compiled(name) == nil else { return }
    _ = try await cache.make(name) { folder in
      let copies = try zip(
        compiled.files.prefix(2), ["segment_edgetpu.tflite", "segment_edgetpu.log"]
      )
      .map { file, copy in
        try FileManager.default.copyItem(atPath: file, toPath: folder + "/" + copy)
        return folder + "/" + copy
      }
      return [
        Artifact(
          backend: configuration.backend.name, files: copies, stages: [],
          options: RunOptions(optimizationLevel: .basic), report: compiled.report)
      ]
    }
  }

  /// The backend with what was chosen for its compiler, and that compiler's version.
  private func compilerName() async throws -> String {
    "\(configuration.backend.storedName), compiler \(try await foundSite().compilerVersion ?? "none")"
  }

  /// Where results are not kept, neither are these: the folder goes with the measurer.
  private func compiledFiles() throws -> CompiledFileCache {
    let kept = CompiledFileCache()
    if saves, kept.canBeWritten { return kept }
    let folder = try compiledFolder ?? WorkFolder()
    compiledFolder = folder
    return CompiledFileCache(folder: folder.path)
  }
}
