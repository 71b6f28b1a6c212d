/// One value of a table.
package enum Cell: Hashable, Sendable {
  case text(String)
  case integer(Int)
  /// In the unit of the column. Tables show four significant digits, JSON and CSV all of them.
  case number(Double)
  case flag(Bool)
  /// Not known or not computed: `-` for people, null in JSON, empty in CSV.
  case missing

  /// The value, or `missing` for nil.
  package init(_ value: Double?) { self = value.map(Cell.number) ?? .missing }
  package init(_ value: Int?) { self = value.map(Cell.integer) ?? .missing }
  package init(_ value: String?) { self = value.map(Cell.text) ?? .missing }
  package init(_ value: Bool?) { self = value.map(Cell.flag) ?? .missing }

  /// A size in bytes for a column in MiB.
  package static func mebibytes(fromBytes bytes: Int?) -> Cell {
    Cell(bytes.map { Double($0) / 1_048_576 })
  }

  /// A size in bytes for a column in KiB.
  package static func kibibytes(fromBytes bytes: Int?) -> Cell {
    Cell(bytes.map { Double($0) / 1024 })
  }

  /// What people read.
  var display: String {
    switch self {
    case .text(let text): printable(text)
    case .integer(let value): String(value)
    case .number(let value): fourDigits(value)
    case .flag(let value): value ? "yes" : "no"
    case .missing: "-"
    }
  }

  /// Numbers stand at the right edge of their column.
  var isNumeric: Bool {
    switch self {
    case .integer, .number: true
    case .text, .flag, .missing: false
    }
  }

  var json: JSONValue {
    switch self {
    case .text(let text): .string(text)
    case .integer(let value): .integer(value)
    case .number(let value): .number(value)
    case .flag(let value): .bool(value)
    case .missing: .null
    }
  }

  /// What a CSV field holds, before quoting.
  var csv: String {
    switch self {
    case .text(let text): text
    case .integer(let value): String(value)
    case .number(let value): value.isFinite ? value.description : ""
    case .flag(let value): value ? "true" : "false"
    case .missing: ""
    }
  }
}
