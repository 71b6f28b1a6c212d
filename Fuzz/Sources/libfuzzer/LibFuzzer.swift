import Foundation
import FuzzTargets
import IsocutFormats

/// libFuzzer's entry. The first four bytes tell the format: TFLite's identifier stands at 4.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = UnsafeBufferPointer(start: start, count: count)
  let isTFLite = count >= 8 && bytes[4..<8].elementsEqual("TFL3".utf8)
  let format: ModelFormat = isTFLite ? .tflite : .onnx
  let path = "/dev/shm/isocut-libfuzzer-\(getpid())\(format.fileSuffix)"
  guard let file = fopen(path, "w") else { return 0 }
  fwrite(start, 1, count, file)
  fclose(file)
  let stage = path + ".stage"
  _ = FuzzTarget(format).run(path: path, scratch: stage)
  unlink(stage)
  unlink(path)
  return 0
}
