import Foundation

/// Where mutations lie while they are read: in memory where that is possible.
public struct TemporaryFiles: Sendable {
  public let input: String
  public let output: String

  public init(suffix: String) throws {
    let parent = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : "/tmp"
    input = "\(parent)/isocut-fuzz-\(getpid())\(suffix)"
    output = "\(parent)/isocut-fuzz-\(getpid())-stage\(suffix)"
  }

  public func write(_ bytes: [UInt8]) throws {
    guard let file = fopen(input, "w") else { throw CocoaError(.fileWriteUnknown) }
    defer { fclose(file) }
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else {
      throw CocoaError(.fileWriteOutOfSpace)
    }
  }

  /// Copies the file away and gives its path.
  public func keep(_ number: Int) throws -> String {
    let kept = "/tmp/isocut-fuzz-\(getpid())-\(number)-" + (input as NSString).lastPathComponent
    try FileManager.default.copyItem(atPath: input, toPath: kept)
    return kept
  }

  public func remove() {
    unlink(input)
    unlink(output)
  }
}
