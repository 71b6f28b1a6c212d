import Foundation

/// By how much the memory of this process that holds data grew at most, by Linux's high-water mark.
struct MemoryWatch {
  private var before = 0

  /// What reading a file may take.
  static func limit(fileBytes: Int) -> Int { 2 * fileBytes + (64 << 20) }

  /// Sets the mark back to what is held now.
  mutating func begin() {
    if let file = fopen("/proc/self/clear_refs", "w") {
      fputs("5", file)
      fclose(file)
    }
    before = Self.highWaterMark
  }

  /// Bytes since `begin`.
  func growth() -> Int { Self.highWaterMark - before }

  private static var highWaterMark: Int {
    guard let file = fopen("/proc/self/status", "r") else { return 0 }
    defer { fclose(file) }
    var text = [CChar](repeating: 0, count: 4096)
    let count = fread(&text, 1, text.count - 1, file)
    let status = String(decoding: text[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return (line?.split(separator: " ").dropLast().last.flatMap { Int($0) } ?? 0) * 1024
  }
}
