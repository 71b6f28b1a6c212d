import Foundation
import Glibc
import IsocutGraph

/// How a worker process is started.
package struct WorkerCommandLine: Hashable, Sendable {
  /// The program and its arguments.
  package let words: [String]
  /// True for a command that the user gave: the worker may be on another host, and the process that
  /// runs here only carries its bytes.
  package let isRemote: Bool

  /// This executable, as `isocut worker`, on this machine.
  package static let own = WorkerCommandLine(
    words: ["/proc/self/exe", "worker"], isRemote: false)

  /// A program on this machine, for hosts of the library whose own executable is no worker.
  package init(local words: [String]) {
    self.init(words: words, isRemote: false)
  }

  /// A command as a user types it (`--worker "ssh pi isocut worker"`).
  ///
  /// It is split into words as a shell would, with quotes and backslashes, but nothing else of a
  /// shell happens.
  ///
  /// - Throws: `IsocutError` `.usage` for an empty command or a quote without its end.
  package init(parsing text: String) throws {
    self.init(words: try Self.split(text), isRemote: true)
    guard !words.isEmpty else {
      throw IsocutError(.usage, "--worker needs a command, such as \"ssh pi isocut worker\"")
    }
  }

  private init(words: [String], isRemote: Bool) {
    self.words = words
    self.isRemote = isRemote
  }

  private static func split(_ text: String) throws -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    var rest = text[...]
    while let character = rest.popFirst() {
      switch (character, quote) {
      case (_, let open?) where character == open: quote = nil
      case ("\\", "\"") where rest.first == "\"" || rest.first == "\\":
        word = (word ?? "") + String(rest.removeFirst())
      case ("\\", nil):
        guard let next = rest.popFirst() else {
          throw IsocutError(.usage, "the worker command ends with a backslash: \(text)")
        }
        word = (word ?? "") + String(next)
      case ("'", nil), ("\"", nil):
        quote = character
        word = word ?? ""
      case (_, nil) where character.isWhitespace:
        if let done = word { words.append(done) }
        word = nil
      default: word = (word ?? "") + String(character)
      }
    }
    guard quote == nil else {
      throw IsocutError(.usage, "the worker command has a quote without its end: \(text)")
    }
    if let word { words.append(word) }
    return words
  }

  /// The program's path, looked up in `PATH` where it has no slash.
  func programPath() throws -> String {
    let name = words.first ?? ""
    guard !name.contains("/") else { return name }
    let folders = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    for folder in folders.split(separator: ":") {
      let path = "\(folder)/\(name)"
      if access(path, X_OK) == 0 { return path }
    }
    throw IsocutError(
      .unavailable, "cannot start a worker: there is no program \(name) in PATH")
  }
}
