import IsocutFormats
import Testing
import _IsocutTestSupport

@Suite struct CompiledPackageTests {
  static let rows = TFLiteSample.rows("compiled-packages.csv").filter {
    TFLiteSample.path($0.model) != nil
  }

  @Test(
    "A compiled file tells which parameters stay on chip and which are streamed",
    arguments: rows.map(\.model))
  func memorySplit(model: String) throws {
    let row = try #require(Self.rows.first { $0.model == model })
    let file = try TFLiteFile(path: try #require(TFLiteSample.path(model)))
    let packages = try file.compiledPackages()
    #expect(packages.count == 1)
    let package = try #require(packages.first)
    #expect(package.minimumRuntimeVersion == row.number("min_runtime_version_number"))
    #expect(package.cachedParameterBytes == row.number("cached_on_chip_parameters_bytes"))
    #expect(package.streamedParameterBytes == row.number("streamed_off_chip_parameters_bytes"))
    #expect(package.cachingInstructionBytes == row.number("caching_instructions_bytes"))
    #expect(package.executionInstructionBytes == row.number("execution_instructions_bytes"))
    #expect(package.narrowBytesPerTile == row.number("narrow_memory_per_tile_bytes"))
    #expect(package.scratchBytes == row.number("scratch_bytes"))
    #expect(String(package.cachingToken) == row["caching_token_decimal"])
    let sizes = { (column: String) in row[column].split(separator: " ").compactMap { Int($0) } }
    #expect(package.inputBytes == sizes("device_input_layers_bytes"))
    #expect(package.outputBytes == sizes("device_output_layers_bytes"))
  }

  @Test("A file that was not compiled has no package", arguments: TFLiteSample.small)
  func plain(model: String) throws {
    let file = try TFLiteFile(path: try #require(TFLiteSample.path(model)))
    #expect(try file.compiledPackages().isEmpty)
  }
}
