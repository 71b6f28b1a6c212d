package import Foundation

/// What a worker can do, by verb.
package struct WorkerRegistry: Sendable {
  /// Answers one request, in the worker's only request thread.
  package typealias Handler = @Sendable (WorkerRequest) throws -> WorkerReply

  private var handlers: [UInt16: Handler] = [:]

  package init() {}

  /// Adds a verb; a later one with the same number replaces it.
  package mutating func register(_ verb: WorkerVerb, _ handler: @escaping Handler) {
    handlers[verb.number] = handler
  }

  func handler(for number: UInt16) -> Handler? { handlers[number] }
}

/// A request as a verb's handler sees it.
package struct WorkerRequest {
  package let message: WorkerMessage
  private let sendEvent: (WorkerReply) throws -> Void

  init(message: WorkerMessage, sendEvent: @escaping (WorkerReply) throws -> Void) {
    self.message = message
    self.sendEvent = sendEvent
  }

  package var blobs: [Data] { message.blobs }

  /// The head as a value.
  ///
  /// - Throws: `DecodingError` where it is another one.
  package func head<Head: Decodable>(as type: Head.Type) throws -> Head {
    try message.head(as: type)
  }

  /// Tells the parent something before the answer is ready. Call it in the request's thread.
  ///
  /// - Throws: `IsocutError` `.inputOutput` where the parent is gone.
  package func send(event: WorkerReply) throws {
    try sendEvent(event)
  }
}

/// An answer: a head as JSON, and bytes beside it.
package struct WorkerReply: Sendable {
  package var head: Data
  package var blobs: [WorkerBlob]

  package init(_ head: some Encodable, blobs: [WorkerBlob] = []) throws {
    self.head = try WorkerCoding.encode(head)
    self.blobs = blobs
  }
}
