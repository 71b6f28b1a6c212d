import Foundation
import IsocutFormats
import IsocutGraph
import Testing
import _IsocutTestSupport

@Suite struct OutputFolderTests {
  @Test func nothingIsAtThePlaceBeforeCommit() throws {
    try withTemporaryFolder { folder in
      let place = folder + "/result"
      let output = try OutputFolder(creating: place, overwrites: false, marker: "plan.json")
      try Data("x".utf8).write(to: URL(fileURLWithPath: output.workingFolder + "/plan.json"))
      #expect(!FileManager.default.fileExists(atPath: place))
      try output.commit()
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["result"])
    }
  }

  @Test func theLongestNameIsTaken() throws {
    try withTemporaryFolder { folder in
      let name = String(repeating: "n", count: 255)
      let output = try OutputFolder(
        creating: folder + "/" + name, overwrites: false, marker: "plan.json")
      try output.commit()
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [name])
    }
  }

  @Test func aNameThatIsTooLongIsRefusedBeforeAnyWork() throws {
    try withTemporaryFolder { folder in
      let error = #expect(throws: IsocutError.self) {
        try OutputFolder(
          creating: folder + "/" + String(repeating: "n", count: 256), overwrites: false,
          marker: "plan.json")
      }
      #expect(error?.code == .cannotCreate)
      #expect(error?.message.contains("has 256 bytes") == true)
    }
  }

  @Test(arguments: [false, true])
  func whatAppearsMeanwhileIsKept(overwrites: Bool) throws {
    try withTemporaryFolder { folder in
      let place = folder + "/result"
      let output = try OutputFolder(creating: place, overwrites: overwrites, marker: "plan.json")
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
      try Data("precious".utf8).write(to: URL(fileURLWithPath: place + "/notes.txt"))
      let error = #expect(throws: IsocutError.self) { try output.commit() }
      #expect(error?.code == .cannotCreate)
      #expect(error?.message.hasPrefix(place) == true)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["result"])
      #expect(try FileManager.default.contentsOfDirectory(atPath: place) == ["notes.txt"])
    }
  }

  @Test func whatIsToBeReplacedMayGoMeanwhile() throws {
    try withTemporaryFolder { folder in
      let place = folder + "/result"
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: false)
      let output = try OutputFolder(creating: place, overwrites: true, marker: "plan.json")
      try Data().write(to: URL(fileURLWithPath: output.workingFolder + "/plan.json"))
      try FileManager.default.removeItem(atPath: place)
      try output.commit()
      #expect(try FileManager.default.contentsOfDirectory(atPath: place) == ["plan.json"])
    }
  }

  @Test func aFailureReplacesAnEarlierOneAndNothingElse() throws {
    try withTemporaryFolder { folder in
      let place = folder + "/result"
      for round in ["first", "second"] {
        let output = try OutputFolder(creating: place, overwrites: false, marker: "plan.json")
        for name in ["plan.json", round] {
          try Data().write(to: URL(fileURLWithPath: output.workingFolder + "/" + name))
        }
        #expect(output.keepAsFailed() == place + ".failed")
      }
      let kept = try FileManager.default.contentsOfDirectory(atPath: place + ".failed")
      #expect(Set(kept) == ["plan.json", "second"])
      try FileManager.default.removeItem(atPath: place + ".failed/plan.json")
      let output = try OutputFolder(creating: place, overwrites: false, marker: "plan.json")
      #expect(output.keepAsFailed() == nil)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: place + ".failed") == ["second"])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["result.failed"])
    }
  }

  @Test func abandonLeavesNothing() throws {
    try withTemporaryFolder { folder in
      let output = try OutputFolder(
        creating: folder + "/result", overwrites: false, marker: "plan.json")
      output.abandon()
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }
  }

  @Test func whatExistsIsRefusedWithoutOverwrite() throws {
    try withTemporaryFolder { folder in
      let error = #expect(throws: IsocutError.self) {
        try OutputFolder(creating: folder, overwrites: false, marker: "plan.json")
      }
      #expect(error?.code == .cannotCreate)
    }
  }

  @Test func aFolderOfAnotherKindIsNeverReplaced() throws {
    try withTemporaryFolder { folder in
      try Data("precious".utf8).write(to: URL(fileURLWithPath: folder + "/notes.txt"))
      #expect(throws: IsocutError.self) {
        try OutputFolder(creating: folder, overwrites: true, marker: "plan.json")
      }
      #expect(FileManager.default.fileExists(atPath: folder + "/notes.txt"))
    }
  }

  @Test func overwriteReplacesTheWholeFolder() throws {
    try withTemporaryFolder { folder in
      let place = folder + "/result"
      for content in ["old", "new"] {
        let output = try OutputFolder(creating: place, overwrites: true, marker: "plan.json")
        for name in ["plan.json", content] {
          try Data(content.utf8).write(to: URL(fileURLWithPath: output.workingFolder + "/" + name))
        }
        try output.commit()
      }
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: place).sorted() == ["new", "plan.json"])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["result"])
    }
  }
}
