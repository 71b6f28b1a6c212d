import CLibFuzzer
import Foundation
import FuzzTargets
import IsocutFormats
import Synchronization

/// Reads what libFuzzer makes of the files of some folders, towards code that no file reached before.
///
/// - Parameter arguments: libFuzzer's own.
func guidedRun(_ format: ModelFormat, arguments: [String]) -> Never {
  #if GUIDED
    do {
      let files = try TemporaryFiles(suffix: format.fileSuffix)
      guided.withLock { $0 = Guided(target: FuzzTarget(format), files: files) }
      var words = (["isocut-fuzz"] + arguments).map { strdup($0) } + [nil]
      exit(
        words.withUnsafeMutableBufferPointer { buffer in
          var count = CInt(buffer.count - 1)
          var first = buffer.baseAddress
          return LLVMFuzzerRunDriver(&count, &first) { bytes, count in
            guided.withLock { $0?.run([UInt8](UnsafeBufferPointer(start: bytes, count: count))) }
            return 0
          }
        })
    } catch {
      print("isocut-fuzz: \(error)")
      exit(73)
    }
  #else
    print(
      """
      isocut-fuzz: libFuzzer is not built in; build with
      swift build -c release --package-path Fuzz --scratch-path Fuzz/.build/guided \\
        -Xswiftc -sanitize=fuzzer -Xswiftc -DGUIDED -Xswiftc -use-ld=lld
      """)
    exit(69)
  #endif
}

#if GUIDED
  /// libFuzzer's callback has no place for it.
  private let guided = Mutex<Guided?>(nil)

  private struct Guided {
    let target: FuzzTarget
    let files: TemporaryFiles
    var memory = MemoryWatch()

    /// A file that cannot be written, or one that takes too much memory, ends the process: libFuzzer
    /// keeps what it was reading.
    mutating func run(_ bytes: [UInt8]) {
      do {
        try files.write(bytes)
      } catch {
        fatalError("\(error)")
      }
      memory.begin()
      _ = target.run(path: files.input, scratch: files.output)
      let growth = memory.growth()
      guard growth <= MemoryWatch.limit(fileBytes: bytes.count) else {
        fatalError("\(growth) bytes of memory for a file of \(bytes.count)")
      }
    }
  }
#endif
