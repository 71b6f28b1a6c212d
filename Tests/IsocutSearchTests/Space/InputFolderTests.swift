import IsocutGraph
import Testing

@testable import IsocutSearch

@Suite struct InputFolderTests {
  private func files(_ names: String..., bytes: Int = 150_528) -> [InputFolder.File] {
    names.map { InputFolder.File(name: $0, bytes: bytes) }
  }

  @Test func rawAndNumPyFilesAreTakenByName() throws {
    let folder = InputFolder(path: "d", width: 224, height: 224)
    let taken = try folder.inputs(
      among: files("b.npy", "a.raw", "c.jpg", "d.raw"), batchSize: 2)
    #expect(taken.map(\.name) == ["a.raw", "b.npy"])
  }

  @Test func oneFileFillsABatchWhereThatIsAsked() throws {
    var folder = InputFolder(path: "d", reusesSingleFile: true)
    #expect(
      try folder.inputs(among: files("a.raw"), batchSize: 3).map(\.name)
        == ["a.raw", "a.raw", "a.raw"])
    folder.reusesSingleFile = false
    let error = #expect(throws: IsocutError.self) {
      try folder.inputs(among: files("a.raw"), batchSize: 3)
    }
    #expect(error?.message.hasPrefix("d holds 1 inputs for a batch of 3; add more") == true)
  }

  @Test func imagesAreRefusedWithARemedy() {
    let error = #expect(throws: IsocutError.self) {
      try InputFolder(path: "d").inputs(among: files("a.jpg"), batchSize: 1)
    }
    #expect(error?.code == .badData)
    #expect(
      error?.message == """
        d holds images, and isocut decodes none; write them as .raw or .npy files (the vendor's \
        img2raw.py does)
        """)
  }

  @Test func aRawFileThatDoesNotFitTheSizeIsNamed() {
    let error = #expect(throws: IsocutError.self) {
      try InputFolder(path: "d", width: 224, height: 224)
        .inputs(among: files("a.raw", bytes: 1000), batchSize: 1)
    }
    #expect(
      error?.message == "d/a.raw has 1000 bytes, which is no multiple of 224 x 224 pixels")
  }
}
