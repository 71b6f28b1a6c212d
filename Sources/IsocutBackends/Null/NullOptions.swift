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
    public enum Kind: String, Hashable, Sendable, CaseIterable { case fail, hang, crash }
    public var kind: Kind
    public var call: Int
    /// The stage that holds this operator; nil for every stage.
    public var only: String?

    public init(_ kind: Kind, onCall call: Int, only: String? = nil) {
      self.kind = kind
      self.call = call
      self.only = only
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
    var only: String?
    for word in text.split(separator: ",") {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      let value = parts.count == 2 ? parts[1] : ""
      if parts.first == "time", let time = Time(rawValue: value) {
        self.time = time
      } else if parts.first == "only", !value.isEmpty {
        only = value
      } else if let kind = parts.first.flatMap(Fault.Kind.init(rawValue:)),
        let call = Int(value), call > 0
      {
        fault = Fault(kind, onCall: call)
      } else {
        throw IsocutError(
          .usage,
          """
          ISOCUT_NULL holds \(word); known are time=virtual, time=busy, fail=N, hang=N, crash=N \
          and only=OPERATOR
          """)
      }
    }
    fault?.only = only
  }
}
