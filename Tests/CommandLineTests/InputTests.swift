import Foundation
import Testing
import _IsocutTestSupport

@Suite("Inputs on the command line") struct InputTests {
  /// The chain of four with another name for its input.
  private func model(input: String) -> TestONNX {
    var model = TestONNX.chain(4)
    model.graph.inputs = [TestONNX.Value(input, 1, 4)]
    model.graph.nodes[0].inputs[0] = input
    return model
  }

  private func partition(
    _ input: String, _ arguments: [String], in folder: String
  ) async throws -> CommandLineRun {
    try TestModels.write(model(input: input), to: folder + "/chain.onnx")
    return try await CommandLineRun(
      [
        "partition", "chain.onnx", "--stages", "2", "--backend", "null", "--output", "cut",
        "--search", "equal-parameters",
      ] + arguments, in: folder)
  }

  @Test(
    "end their name where a name of the model ends, whatever the path holds",
    arguments: [
      ("x", "x=a=b.npy"), ("x", "a=b.npy"), ("a=b", "a=b=a=b.npy"), ("a", "a=a=b.npy"),
    ])
  func equalsSign(name: String, argument: String) async throws {
    try await withTemporaryFolder { folder in
      let made = try await partition(name, [], in: folder)
      try #require(made.exitCode == 0, "\(made.standardError)")
      try Data(NumPyBytes.row([1, 2, 3, 4])).write(
        to: URL(fileURLWithPath: folder + "/a=b.npy"))
      let run = try await CommandLineRun(
        ["run", "cut", "--input", argument, "--output", "out", "--format", "json"], in: folder)
      #expect(run.exitCode == 0, "\(run.standardError)")
      let input = try #require((try run.json()["inputs"] as? [[String: Any]])?.first)
      #expect(input["name"] as? String == name)
      #expect(input["origin"] as? String == "from \(folder)/a=b.npy")
    }
  }

  @Test("that cannot be read are refused before anything is prepared")
  func wrongFiles() async throws {
    try await withTemporaryFolder { folder in
      try Data(NumPyBytes.row([1, 2, 3])).write(to: URL(fileURLWithPath: folder + "/three.npy"))
      for (argument, code, message) in [
        ("x=three.npy", 65, "three.npy holds float32[1,3], but the input x is float32[1,4]"),
        ("x=nowhere.npy", 66, "nowhere.npy for the input x is missing or not readable"),
        ("z=three.npy", 64, "the model has no input z; its inputs are x"),
        ("x=/dev/null:float32:1,4", 66, "/dev/null is a pipe or a device; the input x needs"),
        ("x=/dev/null", 66, "/dev/null is a pipe or a device; the input x needs"),
        ("x=three.npy:int8:1,4", 65, "holds int8[1,4], but the input x is float32[1,4]"),
      ] as [(String, Int32, String)] {
        let run = try await partition("x", ["--input", argument], in: folder)
        #expect(run.exitCode == code, "\(run.standardError)")
        #expect(run.standardError.hasPrefix("error: "), "\(run.standardError)")
        #expect(run.standardError.contains(message), "\(run.standardError)")
      }
    }
  }

  @Test("that are not given to run are those of the plan or seeded, and the result says so")
  func generated() async throws {
    try await withTemporaryFolder { folder in
      let made = try await partition("x", [], in: folder)
      try #require(made.exitCode == 0, "\(made.standardError)")
      func outputs(_ arguments: String...) async throws -> (origin: String?, bytes: Data) {
        let run = try await CommandLineRun(
          ["run", "cut", "--output", "out", "--overwrite", "--format", "json"] + arguments,
          in: folder)
        #expect(run.exitCode == 0, "\(run.standardError)")
        let inputs = try run.json()["inputs"] as? [[String: Any]]
        return (
          inputs?.first?["origin"] as? String,
          try Data(contentsOf: URL(fileURLWithPath: folder + "/out/y.npy"))
        )
      }
      let (first, again) = (try await outputs(), try await outputs())
      let seeded = try await outputs("--seed", "7")
      let ranged = try await outputs("--input-range", "x=5,6")
      #expect(first.origin == "made from seed 0")
      #expect(first.bytes == again.bytes)
      #expect(seeded.origin == "made from seed 7")
      #expect(seeded.bytes != first.bytes)
      #expect(ranged.origin == "made from seed 0 between 5.0 and 6.0")
      #expect(ranged.bytes != first.bytes)
    }
  }

  @Test("that are the same for every seed leave sensitivity untried, and verify says so")
  func sensitivityIsNotTried() async throws {
    try await withTemporaryFolder { folder in
      let made = try await partition("x", ["--input-range", "x=1,2"], in: folder)
      try #require(made.exitCode == 0, "\(made.standardError)")
      let seeded = try await CommandLineRun(["verify", "cut", "--format", "json"], in: folder)
      #expect(try seeded.json()["input_sensitive"] as? Bool == true)

      let fixed = try await partition("x", ["--input-value", "x=1", "--overwrite"], in: folder)
      try #require(fixed.exitCode == 0, "\(fixed.standardError)")
      let json = try await CommandLineRun(["verify", "cut", "--format", "json"], in: folder)
      #expect(try json.json()["pass"] as? Bool == true)
      #expect(try json.json()["input_sensitive"] is NSNull)
      let table = try await CommandLineRun(["verify", "cut"], in: folder)
      #expect(
        table.standardOutput.contains("Whether the outputs depend on the inputs was not tried"))
      #expect(!table.standardOutput.contains("proves nothing"))
    }
  }
}

/// NumPy files, byte by byte.
enum NumPyBytes {
  /// A file of version 1.0 with one row of floats.
  static func row(_ values: [Float]) -> [UInt8] {
    var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, \(values.count)), }"
    while (10 + header.utf8.count + 1) % 64 != 0 { header += " " }
    header += "\n"
    let length = UInt16(header.utf8.count)
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)]
      + Array(header.utf8)
      + values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }
  }
}
