import ArgumentParser
import Foundation
import IsocutBackends
import IsocutFormats
import IsocutGraph
import IsocutReport
import IsocutSearch

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run real inputs through the stages of a bundle and write the outputs.",
    discussion: """
      Outputs are written as NAME.npy into a folder that appears whole or not at all.

      Examples:
        isocut run model.isocut --input x=image.npy
        isocut run model.isocut --input image.npy --output result
        isocut run model.isocut --input x=image.raw:float32:1,3,320,320
      """)

  @OptionGroup var bundle: BundleOptions

  @Option(
    help: ArgumentHelp(
      "Input from a .npy file, or from raw bytes with type and shape (repeatable). The name may be left out where there is one input.",
      valueName: "name=file[:type:d0,d1]"))
  var input: [String] = []

  @Option(
    name: .customLong("input-value"),
    help: ArgumentHelp("Fill an input with one value (repeatable).", valueName: "name=value"))
  var inputValue: [String] = []

  @Option(help: ArgumentHelp("Folder for the outputs.", valueName: "folder"))
  var output = "./outputs"

  @Flag(help: "Replace the folder where it exists.")
  var overwrite = false

  @OptionGroup(title: "Result") var report: ReportOptions

  func run() async throws {
    try report.check()
    let opened = try bundle.open()
    let names = opened.bundle.plan.inputs.map(\.name)
    let files = input.map { item in
      // Only a name of an input makes `a=b` a named input: paths may hold `=`.
      let isNamed = names.contains { item.hasPrefix($0 + "=") }
      return isNamed || names.count != 1 ? item : "\(names[0])=\(item)"
    }
    let inputs = try ModelOptions.inputPlan(files: files, values: inputValue, ranges: [], seed: 0)
    try Engines.requireReady(opened.backend)
    let folder = try OutputFolder(
      creating: output, overwrites: overwrite, marker: OutputFiles.marker)
    do {
      let outputs = try await opened.run(inputs: inputs, toolVersion: ToolVersion.current)
      let files = try OutputFiles.write(outputs, into: folder.workingFolder)
      try folder.commit()
      try report.write(Self.makeReport(files, folder: folder.destination))
    } catch {
      folder.abandon()
      throw error
    }
  }

  private static func makeReport(_ files: [OutputFiles.Written], folder: String) -> Report {
    var table = Table(
      title: "Outputs in \(folder)",
      columns: [.init("Output"), .init("Type"), .init("File")])
    for file in files {
      table.append([.text(file.spec.name), .text(file.typeText), .text(file.name)])
    }
    return Report(
      tables: [table],
      json: [
        "output": .string(folder),
        "outputs": .array(
          files.map { file in
            [
              "name": .string(file.spec.name), "type": .string(file.spec.elementType.rawValue),
              "shape": JSONValue(file.spec.shape), "file": .string(file.name),
            ]
          }),
      ])
  }
}
