/// What the numbers of a column count. It names the unit in headers and in machine-readable keys.
package enum Unit: Sendable {
  /// Text, counts, flags and ratios: nothing to name.
  case none
  case milliseconds, seconds, itemsPerSecond, percent
  /// Sizes: exact bytes, or the binary multiples that reports show (MiB for memory).
  case bytes, kibibytes, mebibytes

  /// As in the header of a table for people; empty without a unit.
  package var symbol: String {
    switch self {
    case .none: ""
    case .milliseconds: "ms"
    case .seconds: "s"
    case .itemsPerSecond: "items/s"
    case .percent: "%"
    case .bytes: "bytes"
    case .kibibytes: "KiB"
    case .mebibytes: "MiB"
    }
  }

  /// The end of a key in JSON and CSV, with its underscore; empty without a unit.
  package var keySuffix: String {
    switch self {
    case .none: ""
    case .milliseconds: "_ms"
    case .seconds: "_s"
    case .itemsPerSecond: "_items_per_s"
    case .percent: "_percent"
    case .bytes: "_bytes"
    case .kibibytes: "_kib"
    case .mebibytes: "_mib"
    }
  }
}
