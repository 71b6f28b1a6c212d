public import IsocutGraph

/// How the null backend behaves: what its times mean and where it fails.
///
/// The environment variable `ISOCUT_NULL` holds the same as comma-separated words, such as
/// `time=busy,crash=3,only=conv_7`, so that a worker process behaves alike.
public struct NullOptions: Hashable, Sendable {
  public enum Time: String, Hashable, Sendable {
    /// A run takes no time; `measure` reports the cost model's figures, bit for bit repeatable.
    case virtual
    /// A run keeps its core busy for as long as the cost model says, and is measured by the clock.
    case busy
  }

  /// What happens on the `call`-th run of a stage, counted from 1, and on each later one.
  public struct Fault: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
      /// An error of the engine.
      case fail
      /// It never returns.
      case hang
      /// SIGABRT, as a failed assertion.
      case crash
      case segfault
      /// It allocates until it is stopped.
      case memory
      /// The process ends as if all were well.
      case exit
      /// It writes to standard output and goes on.
      case print
      /// It writes into every open file and goes on.
      case rubbish
    }
    public var kind: Kind
    public var call: Int
    /// The stages that hold all of these operators; empty for every stage.
    public var only: [String]
    /// But not those that hold this one.
    public var without: String?
    /// Only where they are opened at this level; nil for every level.
    public var level: RunOptions.OptimizationLevel?

    public init(
      _ kind: Kind, onCall call: Int, only: [String] = [], without: String? = nil,
      level: RunOptions.OptimizationLevel? = nil
    ) {
      self.kind = kind
      self.call = call
      self.only = only
      self.without = without
      self.level = level
    }

    func strikes(_ operators: Set<String>) -> Bool {
      only.allSatisfy(operators.contains) && !(without.map(operators.contains) ?? false)
    }
  }

  public var time: Time
  public var fault: Fault?

  public init(time: Time = .virtual, fault: Fault? = nil) {
    self.time = time
    self.fault = fault
  }

  /// Reads the words of `ISOCUT_NULL`.
  ///
  /// - Throws: `IsocutError` `.usage` for a word it does not know.
  public init(parsing text: String) throws(IsocutError) {
    self.init()
    var only: [String] = []
    var without: String?
    var level: RunOptions.OptimizationLevel?
    for word in text.split(separator: ",") {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      let value = parts.count == 2 ? parts[1] : ""
      if parts.first == "time", let time = Time(rawValue: value) {
        self.time = time
      } else if parts.first == "only", !value.isEmpty {
        only = value.split(separator: "+").map(String.init)
      } else if parts.first == "without", !value.isEmpty {
        without = value
      } else if parts.first == "level",
        let found = RunOptions.OptimizationLevel(rawValue: value)
      {
        level = found
      } else if let kind = parts.first.flatMap(Fault.Kind.init(rawValue:)),
        let call = Int(value), call > 0
      {
        fault = Fault(kind, onCall: call)
      } else {
        let kinds = Fault.Kind.allCases.map { "\($0.rawValue)=N" }.joined(separator: ", ")
        throw IsocutError(
          .usage,
          """
          ISOCUT_NULL holds \(word); known are time=virtual, time=busy, \(kinds), \
          only=OPERATOR+OPERATOR, without=OPERATOR and level=LEVEL
          """)
      }
    }
    fault?.only = only
    fault?.without = without
    fault?.level = level
  }

  /// What of it changes results, for the keys of stored ones.
  var version: String {
    var words = ["1"]
    if time != .virtual { words.append("time=\(time.rawValue)") }
    if let fault {
      words.append("\(fault.kind.rawValue)=\(fault.call)")
      if !fault.only.isEmpty { words.append("only=\(fault.only.joined(separator: "+"))") }
      if let without = fault.without { words.append("without=\(without)") }
      if let level = fault.level { words.append("level=\(level.rawValue)") }
    }
    return words.joined(separator: ",")
  }
}
