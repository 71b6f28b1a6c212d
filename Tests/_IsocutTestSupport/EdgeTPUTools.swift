import Foundation
package import IsocutBackends
internal import Testing

/// The doubles of the Edge TPU's tools (`Tests/Doubles/edgetpu`).
package enum EdgeTPUTools {
  private static let folder = PythonPeer.projectFolder + "/Tests/Doubles/edgetpu"

  package static let compiler = folder + "/edgetpu_compiler"

  /// The double of the device library, compiled beside the tests where that was not done since its
  /// sources changed.
  package static func library() throws -> String {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let library = URL(fileURLWithPath: tests).deletingLastPathComponent()
      .appendingPathComponent("libedgetpu-double.so.1").path
    let script = """
      [ -z "$(find "$1" -name '*.[ch]' -newer "$2" 2>&1)" ] && exit 0
      cc -shared -fPIC -o "$2".$$ "$1"/*.c && mv "$2".$$ "$2"
      """
    let (status, _) = try TestProcess.run(["/bin/sh", "-c", script, "sh", folder, library])
    try #require(status == 0, "the double of libedgetpu does not compile")
    return library
  }

  /// Lets this process find the doubles in place of the real tools. Only for a process that does
  /// nothing else meanwhile: others could be reading its environment.
  ///
  /// - Parameter devices: such as `pci,usb`.
  package static func use(devices: String, tflite: TFLiteBackend) throws {
    guard case .ready(_, let tfliteLibrary, _) = tflite.availability() else {
      throw CocoaError(.fileNoSuchFile)
    }
    let variables = [
      "ISOCUT_EDGETPU": try library(), "ISOCUT_EDGETPU_COMPILER": compiler,
      "EDGETPU_DOUBLE_DEVICES": devices, "EDGETPU_DOUBLE_TFLITE": tfliteLibrary,
    ]
    for (name, value) in variables { setenv(name, value, 1) }
  }
}
