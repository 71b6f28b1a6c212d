import IsocutBackends
import IsocutFormats
import IsocutReport

/// A line of `isocut backends`.
struct BackendEntry {
  var name: String
  var format: ModelFormat
  var executes: Bool
  var isSimulated: Bool
  var availability: Availability

  init(_ backend: any Backend) {
    name = backend.name
    format = backend.format
    executes = backend.executes
    isSimulated = backend.isSimulated
    availability = backend.availability()
  }

  /// The tools of the Cloud AI SDK, which measure programs and run no stages here.
  init(_ tools: AICTools) {
    name = AICTools.backendName
    format = .onnx
    executes = false
    isSimulated = false
    availability = tools.availability()
  }

  static let columns: [Table.Column] = [
    .init("Backend"), .init("Models", key: "format"), .init("State"), .init("Version"),
    .init("Runs stages", key: "executes"), .init("Simulated"), .init("Library"),
  ]

  var cells: [Cell] {
    var (state, shownVersion, shownLibrary) = ("unavailable", Cell.missing, Cell.missing)
    if case .ready(let version, let library, _) = availability {
      state = "ready"
      shownVersion = .text(version)
      if !library.isEmpty { shownLibrary = .text(library) }
    }
    return [
      .text(name), .text(format.title), .text(state), shownVersion, .flag(executes),
      .flag(isSimulated), shownLibrary,
    ]
  }

  /// What stands below the table.
  var notes: [String] {
    switch availability {
    case .ready(_, _, let details): details.map { "\(name): \($0)" }
    case .unavailable(let reason, let remedy):
      ["\(name): \(reason). \(remedy.prefix(1).uppercased())\(remedy.dropFirst())."]
    }
  }

  var json: JSONValue {
    let common: JSONValue = [
      "name": .string(name), "format": .string(format.rawValue), "executes": .bool(executes),
      "simulated": .bool(isSimulated),
    ]
    switch availability {
    case .ready(let version, let library, let details):
      return common.merging([
        "available": true, "version": .string(version), "library": .string(library),
        "details": JSONValue(details), "reason": nil, "remedy": nil,
      ])
    case .unavailable(let reason, let remedy):
      return common.merging([
        "available": false, "version": nil, "library": nil, "details": [],
        "reason": .string(reason), "remedy": .string(remedy),
      ])
    }
  }
}
