import IsocutGraph

/// What was seen of one output over all items of a verification.
struct OutputTally {
  let spec: TensorSpec
  private var chain = OutputDifference()
  private var levels = OutputDifference()
  private var firstOfSeed: [UInt64: [UInt8]] = [:]
  private var isVaried = false

  init(spec: TensorSpec) { self.spec = spec }

  mutating func take(
    got: [UInt8], expected: [UInt8], otherLevels: [[UInt8]], seed: UInt64
  ) {
    chain.formMaximum(with: difference(got, expected))
    for other in otherLevels { levels.formMaximum(with: difference(other, expected)) }
    for (index, first) in otherLevels.enumerated() {
      for second in otherLevels.dropFirst(index + 1) {
        levels.formMaximum(with: difference(first, second))
      }
    }
    isVaried = isVaried || hasDifferentNumbers(expected)
    if firstOfSeed[seed] == nil { firstOfSeed[seed] = expected }
  }

  /// - Parameters:
  ///   - maxError: the user's limit for float outputs, relative to max|b|.
  ///   - triesSensitivity: whether different seeds gave different inputs.
  func result(maxError: Double?, triesSensitivity: Bool) -> VerifyResult.Output {
    let spread = levels.maxAbsolute
    let relative = 1e-3 * chain.largestReference
    let (allowed, criterion): (Double, String) =
      switch spec.elementType {
      case let type where type.isFloatingPoint:
        if let maxError {
          (maxError * chain.largestReference, "max-error")
        } else if 2 * spread > relative, spread.isFinite {
          (2 * spread, "level-spread")
        } else {
          (relative, "relative")
        }
      case .int8, .uint8, .int16, .uint16: (1, "one-step")
      default: (0, "exact")
      }
    return VerifyResult.Output(
      name: spec.name, pass: chain.maxAbsolute <= allowed, bitExact: chain.isBitExact,
      maxAbsError: chain.maxAbsolute, maxRelError: chain.maxRelative, levelSpread: spread,
      allowed: allowed, criterion: criterion,
      inputSensitive: isVaried && !triesSensitivity ? nil : isInputSensitive)
  }

  /// False when the output is all NaN, all equal, or the same for two seeds.
  private var isInputSensitive: Bool {
    isVaried && Set(firstOfSeed.values).count == firstOfSeed.count && firstOfSeed.count > 1
  }

  private func difference(_ a: [UInt8], _ b: [UInt8]) -> OutputDifference {
    a.withUnsafeBytes { a in
      b.withUnsafeBytes { b in OutputDifference(of: a, reference: b, type: spec.elementType) }
    }
  }

  /// Whether at least two elements differ in value; a tensor of one element counts as varied unless
  /// it is no number.
  private func hasDifferentNumbers(_ bytes: [UInt8]) -> Bool {
    guard spec.elementCount > 0, !bytes.isEmpty else { return false }
    let size = max(1, bytes.count / spec.elementCount)
    let isAllNaN = bytes.withUnsafeBytes { values in
      switch spec.elementType {
      case .float32:
        values.withMemoryRebound(to: Float.self) { $0.allSatisfy(\.isNaN) }
      case .float64:
        values.withMemoryRebound(to: Double.self) { $0.allSatisfy(\.isNaN) }
      default: false
      }
    }
    if isAllNaN { return false }
    if spec.elementCount == 1 { return true }
    let first = bytes.prefix(size)
    return stride(from: size, to: bytes.count - size + 1, by: size).contains { start in
      !bytes[start..<(start + size)].elementsEqual(first)
    }
  }
}
