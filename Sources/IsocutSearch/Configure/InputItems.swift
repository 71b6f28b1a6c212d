import Foundation
import IsocutFormats
import IsocutGraph

/// Items that a model is given, as raw files.
package struct InputItems: Sendable {
  /// A raw file for each of the model's inputs, item by item.
  private var items: [[String]]
  /// True takes items again from the start where a batch needs more than there are.
  private var repeats: Bool
  /// Where files are written that are made here.
  private let workFolder: String
  /// A file with one item a line, as `qaic-compile -input-list-file` takes it.
  package let list: String

  /// - Parameter workFolder: made anew.
  /// - Returns: nil where no inputs are given.
  /// - Throws: `IsocutError` `.missingInput` or `.badData` for the inputs, `.cannotCreate` where
  ///   `workFolder` cannot be written.
  package init?(_ inputs: ConfiguratorOptions.Inputs, workFolder: String) throws {
    self.workFolder = workFolder
    list = workFolder + "/list.txt"
    switch inputs {
    case .none: return nil
    case .listFile(let path):
      items = try Self.items(ofList: path)
      repeats = true
      try Self.makeAnew(workFolder)
    case .folder(let folder):
      let files = try folder.files()
      repeats = folder.reusesSingleFile
      try Self.makeAnew(workFolder)
      items = try files.map { [try Self.raw(folder.path + "/" + $0.name, in: workFolder)] }
    }
    let lines = items.map { $0.joined(separator: ",") + "\n" }.joined()
    try Self.write(Data(lines.utf8), to: list)
  }

  /// Looks at inputs before any work is done for them.
  ///
  /// - Throws: `IsocutError` `.missingInput` or `.badData`.
  package static func check(_ inputs: ConfiguratorOptions.Inputs) throws {
    switch inputs {
    case .none: break
    case .listFile(let path): _ = try items(ofList: path)
    case .folder(let folder): _ = try folder.files()
    }
  }

  /// Every file that is read.
  package var files: [String] { items.flatMap { $0 } + [list] }

  /// One raw file for each of the model's inputs, with the items of one batch.
  ///
  /// - Throws: `IsocutError` `.badData` where there are too few items.
  package func batchFiles(of batchSize: Int) throws -> [String] {
    guard batchSize > 1 else { return items[0] }
    guard items.count >= batchSize || repeats else {
      throw IsocutError(
        .badData,
        """
        there are \(items.count) inputs for a batch of \(batchSize); add more, or use them again \
        and again with -reuse-single-file
        """)
    }
    return try items[0].indices.map { input in
      let path = "\(workFolder)/batch-\(batchSize)-input-\(input).raw"
      guard !FileManager.default.fileExists(atPath: path) else { return path }
      let content = try (0..<batchSize).reduce(into: Data()) { content, index in
        content += try Self.content(of: items[index % items.count][input])
      }
      try Self.write(content, to: path)
      return path
    }
  }

  /// A line holds the files of one item, parted by commas or blanks.
  private static func items(ofList path: String) throws -> [[String]] {
    let text = String(decoding: try content(of: path), as: UTF8.self)
    let items = text.split(whereSeparator: \.isNewline).map { line in
      line.split { $0 == "," || $0.isWhitespace }.map {
        URL(fileURLWithPath: String($0)).standardizedFileURL.path
      }
    }.filter { !$0.isEmpty }
    guard let first = items.first, items.allSatisfy({ $0.count == first.count }) else {
      throw IsocutError(
        .badData, "\(path) must name the raw files of one item a line, as many on each line")
    }
    return items
  }

  private static func raw(_ path: String, in folder: String) throws -> String {
    guard path.lowercased().hasSuffix(".npy") else {
      return URL(fileURLWithPath: path).standardizedFileURL.path
    }
    let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    let target = "\(folder)/\(name).npy.raw"
    try write(Data(NumPyArray(file: path).bytes), to: target)
    return target
  }

  private static func content(of path: String) throws -> Data {
    do {
      return try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw IsocutError(.missingInput, "cannot read \(path)", cause: error)
    }
  }

  private static func makeAnew(_ folder: String) throws {
    do {
      if FileManager.default.fileExists(atPath: folder) {
        try FileManager.default.removeItem(atPath: folder)
      }
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw IsocutError(cannotCreate: "cannot make the folder \(folder)", cause: error)
    }
  }

  private static func write(_ data: Data, to path: String) throws {
    do {
      try data.write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw IsocutError(cannotCreate: "cannot write \(path)", cause: error)
    }
  }
}

extension InputFolder {
  /// What the folder holds that can be an input.
  fileprivate func files() throws -> [File] {
    do {
      let files = try FileManager.default.contentsOfDirectory(atPath: path).map { name in
        let size = try FileManager.default.attributesOfItem(atPath: path + "/" + name)[.size]
        return File(name: name, bytes: (size as? Int) ?? 0)
      }
      return try usable(among: files)
    } catch let error as IsocutError {
      throw error
    } catch {
      throw IsocutError(.missingInput, "cannot read the folder \(path)", cause: error)
    }
  }
}
