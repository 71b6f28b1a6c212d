/// A failure that a user of isocut can act on.
///
/// The message says what happened, where (file, operator, tensor) and what to do next; it is lower
/// case and has no final stop. Lower errors are kept in `cause`, never flattened into the text.
public struct IsocutError: Error, Sendable {
  public var code: Code
  public var message: String
  public var cause: (any Error)?

  public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
    self.code = code
    self.message = message
    self.cause = cause
  }

  /// The kind of failure. Each kind has one exit code of the command line (`docs/exit-codes.md`).
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Kind: String {
      case checkFailed, usage, badData, missingInput, unavailable, internalError, cannotCreate
      case inputOutput, interrupted, vendorTool, infeasible
    }

    private var kind: Kind

    /// A check said no: the chain of stages does not compute what the whole model computes.
    public static let checkFailed = Code(kind: .checkFailed)
    /// The command line, or a value given on it, is wrong.
    public static let usage = Code(kind: .usage)
    /// A model, a plan or another input file is not what it should be.
    public static let badData = Code(kind: .badData)
    /// An input file does not exist or cannot be read.
    public static let missingInput = Code(kind: .missingInput)
    /// An engine library or a device is missing, too old or broken.
    public static let unavailable = Code(kind: .unavailable)
    /// A defect of isocut itself.
    public static let internalError = Code(kind: .internalError)
    /// An output exists already or cannot be created.
    public static let cannotCreate = Code(kind: .cannotCreate)
    /// Reading or writing failed on the way: a full disk, a link that died.
    public static let inputOutput = Code(kind: .inputOutput)
    /// Stopped on request; what was finished is saved.
    public static let interrupted = Code(kind: .interrupted)
    /// A vendor's tool ran and failed.
    public static let vendorTool = Code(kind: .vendorTool)
    /// The request cannot be met: more stages than operators, more clusters than cores, no plan.
    public static let infeasible = Code(kind: .infeasible)

    /// The exit code of the command line for this kind.
    public var exitCode: Int32 {
      switch kind {
      case .checkFailed: 1
      case .usage: 64
      case .badData: 65
      case .missingInput: 66
      case .unavailable: 69
      case .internalError: 70
      case .cannotCreate: 73
      case .inputOutput: 74
      case .interrupted: 75
      case .vendorTool: 76
      case .infeasible: 78
      }
    }

    public var description: String { kind.rawValue }

    /// The code named by `description`; a worker process sends codes by name.
    public init?(named name: String) {
      guard let kind = Kind(rawValue: name) else { return nil }
      self.kind = kind
    }

    private init(kind: Kind) { self.kind = kind }
  }
}

extension IsocutError: CustomStringConvertible {
  public var description: String {
    guard let cause else { return message }
    return "\(message)\n  because: \(cause)"
  }
}
