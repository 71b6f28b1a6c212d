import ArgumentParser
import Foundation
import IsocutGraph
import IsocutProfile

struct ProfileExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write stored measurements as lines of JSON.",
    discussion: """
      One line a result, oldest first, to a file or, without one, to standard output. For another \
      machine, for a report of a defect, or for your own tools; isocut profile import reads it.

      Examples:
        isocut profile export results.jsonl
        isocut profile export --status crashed | head
      """)

  @Argument(
    help: ArgumentHelp("File to write. Default: standard output.", valueName: "file"))
  var output: String?

  @Flag(help: "Replace the file where it exists.")
  var overwrite = false

  @OptionGroup(title: "Results") var results: ResultSelectionOptions
  @OptionGroup(title: "Measurements") var file: StoreFileOptions

  func run() throws {
    let selection = try results.selection()
    let store = try file.open()
    guard let output else {
      _ = try store.export(selection) { try Self.print($0) }
      return
    }
    guard overwrite || !FileManager.default.fileExists(atPath: output) else {
      throw IsocutError(.cannotCreate, "\(output) exists; give --overwrite to replace it")
    }
    let count = try Self.write(to: output) { handle in
      try store.export(selection) { try handle.write(contentsOf: $0) }
    }
    Terminal.standardError.write("\(count) results written to \(output)\n")
  }

  private static func print(_ line: Data) throws {
    let failure = Terminal.standardOutput.write(String(decoding: line, as: UTF8.self))
    guard let failure else { return }
    throw IsocutError(
      .inputOutput, "cannot write the results to standard output",
      cause: POSIXErrorCode(rawValue: failure).map { POSIXError($0) })
  }

  /// Writes a file under another name first, so that there is never half of one.
  private static func write<Value>(
    to path: String, _ body: (FileHandle) throws -> Value
  ) throws -> Value {
    let part = path + ".part-\(getpid())"
    let files = FileManager.default
    guard files.createFile(atPath: part, contents: nil),
      let handle = FileHandle(forWritingAtPath: part)
    else {
      throw IsocutError(
        .cannotCreate, "cannot write \(path): \(SystemError.last)")
    }
    do {
      let value = try body(handle)
      try handle.close()
      guard rename(part, path) == 0 else {
        throw IsocutError(
          .cannotCreate, "cannot write \(path): \(SystemError.last)")
      }
      return value
    } catch {
      try? files.removeItem(atPath: part)
      guard error is IsocutError else {
        throw IsocutError(.inputOutput, "cannot write \(path)", cause: error)
      }
      throw error
    }
  }
}
