internal import IsocutGraph

/// What an operator that was compiled for the Edge TPU says of the device's memory.
///
/// The vendor's compiler puts a package into the options of a custom operator, a FlatBuffer with
/// one program for each way of running: one that first moves parameters on chip, where they stay,
/// and one that executes and streams what did not fit.
public struct CompiledPackage: Hashable, Sendable {
  /// Which operator of the file it is.
  public var operatorPosition: Int
  /// The lowest version of the vendor's runtime.
  public var minimumRuntimeVersion: Int
  /// Parameters kept on chip between inferences, in bytes.
  public var cachedParameterBytes: Int
  /// Parameters moved to the chip in every inference, in bytes.
  public var streamedParameterBytes: Int
  /// Instructions of the program that moves parameters on chip, in bytes.
  public var cachingInstructionBytes: Int
  /// Instructions of the program that executes, in bytes.
  public var executionInstructionBytes: Int
  /// On-chip memory for activations that each tile of the chip uses, in bytes.
  public var narrowBytesPerTile: Int
  /// Memory of the host that the program uses for itself, in bytes.
  public var scratchBytes: Int
  /// Equal for parts that may stay on one chip together; zero where nothing is cached.
  public var cachingToken: UInt64
  /// Bytes of each tensor that is moved to the device and back, in the package's order.
  public var inputBytes: [Int]
  public var outputBytes: [Int]
}

extension TFLiteFile {
  /// The name of operators that the Edge TPU runs.
  public static let compiledOperator = "edgetpu-custom-op"

  /// The packages of the operators that were compiled for the Edge TPU, in the file's order; empty
  /// for other files.
  ///
  /// - Throws: `IsocutError` `.badData` where a package is damaged or of another kind.
  public func compiledPackages() throws -> [CompiledPackage] {
    try main.operators.enumerated().compactMap { position, entry in
      let code = model.operatorCodes[entry.code]
      guard code.number == BuiltinOperator.custom, code.kind == Self.compiledOperator else {
        return nil
      }
      do {
        guard let options = entry.customOptions else {
          throw FlatBufferError(problem: .pastEnd, position: entry.position)
        }
        return try CompiledPackage(reader, options: options, of: position)
      } catch {
        throw IsocutError(
          .badData, "\(path): operator \(position) holds no valid Edge TPU package", cause: error)
      }
    }
  }
}

extension CompiledPackage {
  /// Numbers of an executable's kinds.
  private enum Kind {
    static let parameterCaching: Int16 = 1
  }

  /// - Parameter options: the operator's custom options.
  init(
    _ reader: FlatReader, options: Range<Int>, of position: Int
  ) throws(FlatBufferError) {
    let flex = FlexReader(reader, options)
    // The key that holds the package.
    guard let value = try flex.value("4", in: try flex.root()),
      let package = try flex.bytes(of: value)
    else { throw FlatBufferError(problem: .pastEnd, position: options.lowerBound) }
    let root = try reader.part(package).root(identifier: "DWN1")
    self.init(
      operatorPosition: position, minimumRuntimeVersion: Int(try root.number(0, Int32.self)),
      cachedParameterBytes: 0,
      streamedParameterBytes: 0, cachingInstructionBytes: 0, executionInstructionBytes: 0,
      narrowBytesPerTile: 0, scratchBytes: 0, cachingToken: 0, inputBytes: [], outputBytes: [])
    guard let programs = try root.vector(1, width: 1) else { return }
    let multiple = root.reader.part(programs.range)
    let list = try multiple.table(at: multiple.target(ofOffsetAt: 0))
    guard let elements = try list.vector(0, width: 4) else { return }
    // Damaged offsets could share one program many times over.
    var budget = DecodingBudget(byteCount: 0)
    try budget.spend(1024 * elements.count, at: elements.start)
    for index in 0..<elements.count {
      let place = try multiple.target(ofOffsetAt: elements.start + 4 * index)
      let program = multiple.part(try multiple.vector(at: place, width: 1).range)
      try add(try program.table(at: program.target(ofOffsetAt: 0)), &budget)
    }
  }

  private mutating func add(
    _ program: FlatTable, _ budget: inout DecodingBudget
  ) throws(FlatBufferError) {
    let parameters = try program.vector(6, width: 1)?.count ?? 0
    var instructions = 0
    if let bitstreams = try program.vector(5, width: 4) {
      try budget.spend(1024 * bitstreams.count, at: bitstreams.start)
      for index in 0..<bitstreams.count {
        let place = try program.reader.target(ofOffsetAt: bitstreams.start + 4 * index)
        instructions += try program.reader.table(at: place).vector(0, width: 1)?.count ?? 0
      }
    }
    cachingToken = max(cachingToken, try program.number(14, UInt64.self))
    if try program.number(13, Int16.self) == Kind.parameterCaching {
      cachedParameterBytes += parameters
      cachingInstructionBytes += instructions
      return
    }
    streamedParameterBytes += parameters
    executionInstructionBytes += instructions
    narrowBytesPerTile = max(narrowBytesPerTile, Int(try program.number(12, Int32.self)))
    scratchBytes += Int(try program.number(4, Int32.self))
    inputBytes += try Self.layerBytes(program, 8, &budget)
    outputBytes += try Self.layerBytes(program, 9, &budget)
  }

  private static func layerBytes(
    _ program: FlatTable, _ id: Int, _ budget: inout DecodingBudget
  ) throws(FlatBufferError) -> [Int] {
    guard let layers = try program.vector(id, width: 4) else { return [] }
    try budget.spend(1024 * layers.count, at: layers.start)
    var sizes: [Int] = []
    for index in 0..<layers.count {
      let place = try program.reader.target(ofOffsetAt: layers.start + 4 * index)
      sizes.append(Int(try program.reader.table(at: place).number(1, Int32.self)))
    }
    return sizes
  }
}

extension FlatReader {
  /// A FlatBuffer inside this one; its positions begin at zero.
  fileprivate func part(_ range: Range<Int>) -> FlatReader {
    FlatReader(bytes: UnsafeRawBufferPointer(rebasing: bytes[range.clamped(to: 0..<bytes.count)]))
  }
}
