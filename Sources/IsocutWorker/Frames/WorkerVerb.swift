/// What a request asks of a worker: a number in the frame and a name for people.
package struct WorkerVerb: Hashable, Sendable, CustomStringConvertible {
  /// The low 13 bits of the frame's verb field.
  package let number: UInt16
  package let name: String

  /// - Parameter number: below `0x2000`; the bits above say what kind of frame it is.
  package init(_ number: UInt16, _ name: String) {
    self.number = number & FrameHeader.verbMask
    self.name = name
  }

  package var description: String { name }

  /// The first request of every session: versions, limits, and what machine the worker is on.
  package static let hello = WorkerVerb(0, "hello")
}

/// What a message is to the one who reads it.
package enum MessageKind: UInt16, Hashable, Sendable {
  /// Parent to worker; everything else goes the other way.
  case request = 0
  /// The end of a request that went well.
  case reply = 1
  /// News while a request is under way.
  case event = 2
  /// The end of a request that threw.
  case failure = 3
}
