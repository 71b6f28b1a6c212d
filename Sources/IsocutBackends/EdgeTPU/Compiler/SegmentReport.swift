/// What the compiler says of one compiled segment. Sizes are in bytes, as exact as the two decimals
/// that it prints.
package struct SegmentReport: Hashable, Sendable {
  package var outputModel: String
  /// Parameters that stay on the chip.
  package var onChipBytes: Int
  /// Room for more of them, next to this segment's activations.
  package var onChipBytesLeft: Int
  /// Parameters that are sent to the chip at every inference.
  package var offChipBytes: Int
  package var operators: Int
  package var operatorsOnCPU: Int

  package var operatorsOnDevice: Int { operators - operatorsOnCPU }
}
