import Foundation
import IsocutFormats

// isocut-fuzz onnx|tflite COUNT SEED FILE...: reads COUNT seeded mutations of the files.
// isocut-fuzz guided onnx|tflite ARGUMENT...: libFuzzer with its own arguments, where it was built in.
let words = Array(CommandLine.arguments.dropFirst())
if words.first == "guided", words.count >= 2, let format = ModelFormat(rawValue: words[1]) {
  guidedRun(format, arguments: Array(words.dropFirst(2)))
} else if words.count >= 4, let format = ModelFormat(rawValue: words[0]), let count = Int(words[1]),
  let seed = UInt64(words[2])
{
  try seededRun(format, count: count, seed: seed, files: Array(words.dropFirst(3)))
} else {
  print(
    """
    usage: isocut-fuzz onnx|tflite COUNT SEED FILE...
           isocut-fuzz guided onnx|tflite [LIBFUZZER-OPTION]... FOLDER...
    """)
  exit(64)
}
