import IsocutGraph
import Testing

@testable import IsocutSearch

@Suite struct InputFolderTests {
  private func files(_ names: String..., bytes: Int = 150_528) -> [InputFolder.File] {
    names.map { InputFolder.File(name: $0, bytes: bytes) }
  }

  @Test func rawAndNumPyFilesAreTakenByName() throws {
    let folder = InputFolder(path: "d", width: 224, height: 224)
    let taken = try folder.usable(among: files("b.npy", "a.raw", "c.jpg", "d.raw"))
    #expect(taken.map(\.name) == ["a.raw", "b.npy", "d.raw"])
  }

  @Test func imagesAreRefusedWithARemedy() {
    let error = #expect(throws: IsocutError.self) {
      try InputFolder(path: "d").usable(among: files("a.jpg"))
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
        .usable(among: files("a.raw", bytes: 1000))
    }
    #expect(
      error?.message == "d/a.raw has 1000 bytes, which is no multiple of 224 x 224 pixels")
  }
}
