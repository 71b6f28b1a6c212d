import Crypto
package import Foundation
import IsocutGraph

/// SHA-256 of files, as lower-case hex.
public enum FileHash {
  /// - Throws: `IsocutError` `.missingInput` where the file cannot be opened or is no regular file,
  ///   `.inputOutput` where reading fails on the way.
  public static func sha256(ofFile path: String) throws -> String {
    let handle = FileHandle(
      fileDescriptor: try FileIdentity.open(path).descriptor, closeOnDealloc: false)
    defer { try? handle.close() }
    var hash = SHA256()
    do {
      while let part = try handle.read(upToCount: 1 << 20), !part.isEmpty {
        hash.update(data: part)
      }
    } catch {
      throw IsocutError(.inputOutput, "cannot read \(path) to its end", cause: error)
    }
    return hash.finalize().hexadecimal
  }

  /// The same of several files, by path.
  package static func sha256(ofFiles paths: [String]) throws -> [String: String] {
    try paths.reduce(into: [:]) { $0[$1] = try sha256(ofFile: $1) }
  }

  package static func sha256(of data: Data) -> String { SHA256.hash(data: data).hexadecimal }
}

extension Sequence<UInt8> {
  /// Two lower-case digits a byte.
  package var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in self {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
