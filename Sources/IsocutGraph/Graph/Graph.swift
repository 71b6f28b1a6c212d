/// A model as the rest of isocut sees it: operators and tensors, free of any file format.
///
/// Operators are those that compute something from the model's inputs. What depends on constants
/// only (weights, and operators that merely cast or reshape weights) is no operator: it is part of
/// the `constants` that operators read, and travels with each reader. Operators stand in a
/// topological order in which ties follow the position in the file.
public struct Graph: Sendable {
  public var name: String
  public var operators: [Operator]
  public var tensors: [Tensor]
  public var constants: [Constant]
  /// Tensors a caller must give, in the model's order; constants with a default are not among them.
  public var inputs: [TensorIndex]
  /// Tensors the model returns, in the model's order. May hold constants and inputs.
  public var outputs: [Output]
  /// Groups of operators that must stay in one stage, because a tensor between them cannot cross a
  /// cut (its shape depends on data, or it is no plain tensor).
  public var ties: [Tie]

  public init(
    name: String, operators: [Operator], tensors: [Tensor], constants: [Constant],
    inputs: [TensorIndex], outputs: [Output], ties: [Tie] = []
  ) {
    self.name = name
    self.operators = operators
    self.tensors = tensors
    self.constants = constants
    self.inputs = inputs
    self.outputs = outputs
    self.ties = ties
  }

  /// A value the model returns.
  public enum Output: Hashable, Sendable {
    case tensor(TensorIndex)
    /// A constant the model returns; it needs no operator. The index is into `constants`.
    case constant(Int)
  }

  /// Operators that must stay together, and why.
  public struct Tie: Hashable, Sendable {
    public var operators: [Int]
    public var tensor: String
    public var reason: String

    public init(operators: [Int], tensor: String, reason: String) {
      self.operators = operators
      self.tensor = tensor
      self.reason = reason
    }
  }

  /// The outputs that are computed or passed through, without constants.
  public var outputTensors: [TensorIndex] {
    outputs.compactMap { if case .tensor(let index) = $0 { index } else { nil } }
  }

  /// Bytes of all constants, each counted once.
  public var parameterBytes: Int { constants.reduce(0) { $0 + $1.byteCount } }
}

/// A position in `Graph.tensors`.
public typealias TensorIndex = Int

/// One step of the computation.
public struct Operator: Sendable {
  /// Unique and stable: the name of its first output that is not empty.
  public var id: String
  /// The name in the file, which may be empty or repeated.
  public var name: String
  /// What it computes, by the format's name for it (`Conv`, `MatMul`, `CONV_2D`).
  public var kind: String
  /// The operator set it belongs to; empty for the format's own.
  public var domain: String
  /// Tensors read, each once, captured ones of nested bodies included; constants are left out.
  public var inputs: [TensorIndex]
  /// Tensors written that somebody may read; unwanted outputs are left out.
  public var outputs: [TensorIndex]
  /// Constants read, directly or through operators on constants. Positions in `Graph.constants`.
  public var constants: [Int]
  /// Multiply-accumulates of one inference where kind and shapes are known. One MAC is two FLOPs.
  public var macs: Int?
  /// Position of the operator among the nodes of the file.
  public var filePosition: Int

  public init(
    id: String, name: String, kind: String, domain: String, inputs: [TensorIndex],
    outputs: [TensorIndex], constants: [Int], macs: Int? = nil, filePosition: Int
  ) {
    self.id = id
    self.name = name
    self.kind = kind
    self.domain = domain
    self.inputs = inputs
    self.outputs = outputs
    self.constants = constants
    self.macs = macs
    self.filePosition = filePosition
  }
}

/// A value that flows: a model input, or the output of an operator.
public struct Tensor: Sendable {
  public var name: String
  public var type: TensorType
  /// The operator that writes it; nil for model inputs.
  public var producer: Int?
  /// The operators that read it, ascending, each once.
  public var consumers: [Int]

  public init(name: String, type: TensorType, producer: Int?, consumers: [Int]) {
    self.name = name
    self.type = type
    self.producer = producer
    self.consumers = consumers
  }
}

/// A weight or another value fixed in the model.
public struct Constant: Hashable, Sendable {
  public var name: String
  public var byteCount: Int

  public init(name: String, byteCount: Int) {
    self.name = name
    self.byteCount = byteCount
  }
}
