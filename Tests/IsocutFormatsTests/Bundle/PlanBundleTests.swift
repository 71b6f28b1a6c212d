import Foundation
import IsocutGraph
import Testing
import _IsocutTestSupport

@testable import IsocutFormats

/// A bundle whose stages are too large for one file, made with a smaller limit than the format's.
@Suite struct PlanBundleTests {
  private func withBundle(_ body: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      var source = TestONNX.chain(2)
      try Data(source.graph.initializers.flatMap(\.raw)).write(
        to: URL(fileURLWithPath: folder + "/w.bin"))
      for index in 0..<2 {
        source.graph.initializers[index] = .init(
          "w\(index)", shape: [1, 4], location: "w.bin", offset: 16 * index, length: 16)
      }
      try source.write(to: folder + "/model.onnx")
      var model = try ONNXModel(file: ONNXFile(path: folder + "/model.onnx"))
      model.largestStageFile = 64

      let output = try OutputFolder(
        creating: folder + "/bundle", overwrites: false, marker: PlanFile.name)
      var plan = Plan.sample
      let files = try model.writeStage(
        OperatorSet([0, 1], capacity: 2), to: output.workingFolder + "/stage_0.onnx")
      #expect(
        files.map { $0.dropFirst(output.workingFolder.count) }
          == ["/stage_0.onnx", "/stage_0.onnx.data"])
      plan.stages[0].sha256 = try FileHash.sha256(ofFile: files[0])
      plan.stages[0].weightsFile = "stage_0.onnx.data"
      plan.stages[0].weightsSha256 = try FileHash.sha256(ofFile: files[1])
      try PlanFile.write(plan, inFolder: output.workingFolder)
      try output.commit()
      try body(folder + "/bundle")
    }
  }

  @Test func weightsBesideAStageAreCarriedAndRead() throws {
    try withBundle { folder in
      let bundle = try PlanBundle(opening: folder)
      let stage = try ONNXFile(path: bundle.path(of: bundle.plan.stages[0]))
      #expect(stage.externalFiles == [bundle.plan.stages[0].weightsFile])
      #expect(stage.constantBytes == 32)
    }
  }

  @Test func weightsThatChangedAreRefused() throws {
    try withBundle { folder in
      let path = folder + "/stage_0.onnx.data"
      var data = try Data(contentsOf: URL(fileURLWithPath: path))
      data[0] ^= 1
      try data.write(to: URL(fileURLWithPath: path))
      let error = #expect(throws: IsocutError.self) { try PlanBundle(opening: folder) }
      #expect(error?.code == .badData)
      #expect(error?.message.contains("stage_0.onnx.data is not the one") == true)
    }
  }

  @Test func weightsThatAreGoneAreMissing() throws {
    try withBundle { folder in
      try FileManager.default.removeItem(atPath: folder + "/stage_0.onnx.data")
      let error = #expect(throws: IsocutError.self) { try PlanBundle(opening: folder) }
      #expect(error?.code == .missingInput)
      #expect(error?.message.contains("stage_0.onnx.data is missing") == true)
    }
  }

  @Test(arguments: ["../w.bin", "/etc/passwd", ".hidden", ""])
  func weightsOutsideTheFolderAreRefused(_ name: String) throws {
    try withBundle { folder in
      var plan = try PlanBundle(opening: folder).plan
      plan.stages[0].weightsFile = name
      try PlanFile.write(plan, inFolder: folder)
      let error = #expect(throws: IsocutError.self) { try PlanBundle(opening: folder) }
      #expect(error?.message.contains("leaves the folder") == true)
    }
  }
}
