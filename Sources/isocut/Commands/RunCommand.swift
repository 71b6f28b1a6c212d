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
      Outputs are written as NAME.npy into a folder that appears whole or not at all. An input that \
      is not given is made as partition made it: from the plan's file, value or range, or seeded.

      Examples:
        isocut run model.isocut --input x=image.npy
        isocut run model.isocut --input image.npy --output result
        isocut run model.isocut --input-range x=-1,1 --seed 7
        isocut run model.isocut --input x=image.raw:float32:1,3,320,320
      """)

  @OptionGroup var bundle: BundleOptions

  @OptionGroup(title: "Inputs") var inputs: InputOptions

  @Option(help: ArgumentHelp("Folder for the outputs.", valueName: "folder"))
  var output = "./outputs"

  @Flag(help: "Replace the folder where it exists.")
  var overwrite = false

  @OptionGroup(title: "Result") var report: ReportOptions

  func run() async throws {
    try report.check()
    guard !output.isEmpty else { throw IsocutError(.usage, "--output is empty") }
    let opened = try bundle.open()
    let given = try inputs.plan(forInputs: opened.bundle.plan.inputs.map(\.name))
    let plan = try opened.inputs(given: given, seed: inputs.seed)
    try Engines.requireReady(opened.backend)
    let folder = try OutputFolder(
      creating: output, overwrites: overwrite, marker: OutputFiles.marker)
    do {
      let outputs = try await opened.run(inputs: plan, toolVersion: ToolVersion.current)
      let files = try OutputFiles.write(outputs, into: folder.workingFolder)
      try folder.commit()
      try report.write(
        Self.makeReport(
          files, folder: folder.destination, opened: opened, inputs: plan))
    } catch {
      folder.abandon()
      throw error
    }
  }

  private static func makeReport(
    _ files: [OutputFiles.Written], folder: String, opened: OpenBundle, inputs: InputPlan
  ) throws -> Report {
    var table = Table(
      title: "Outputs in \(folder)",
      columns: [.init("Output"), .init("Type"), .init("File")])
    for file in files {
      table.append([.text(file.spec.name), .text(file.typeText), .text(file.name)])
    }
    let made = opened.bundle.plan.inputs.map { ($0, origin(of: $0.name, in: inputs)) }
    return Report(
      tables: [table],
      notes: try opened.differencesFromThisMachine()
        + made.map { "Input \($0.name): \($1)." },
      summary: try .now(opened.backend),
      members: [
        "bundle": .string(opened.bundle.folder), "output": .string(folder),
        "inputs": .array(
          made.map { input, origin in
            [
              "name": .string(input.name), "type": .string(input.elementType.rawValue),
              "shape": JSONValue(input.shape), "origin": .string(origin),
            ]
          }),
        "outputs": .array(
          files.map { file in
            [
              "name": .string(file.spec.name), "type": .string(file.spec.elementType.rawValue),
              "shape": JSONValue(file.spec.shape), "file": .string(file.name),
            ]
          }),
      ])
  }

  private static func origin(of name: String, in inputs: InputPlan) -> String {
    if let file = inputs.files[name] { return "from \(file)" }
    if let value = inputs.values[name] { return "every element \(value)" }
    if let range = inputs.ranges[name] {
      return "made from seed \(inputs.seed) between \(range.low) and \(range.high)"
    }
    return "made from seed \(inputs.seed)"
  }
}
