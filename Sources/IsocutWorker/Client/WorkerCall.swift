import Foundation

/// One request with all that belongs to it.
struct WorkerCall: Sendable {
  let id: UInt64
  let verb: WorkerVerb
  let head: Data
  let blobs: [WorkerBlob]
  let timeout: Duration?
  let onEvent: (@Sendable (WorkerMessage) -> Void)?

  func outgoing() throws -> OutgoingMessage {
    try OutgoingMessage(kind: .request, verb: verb.number, id: id, head: head, blobs: blobs)
  }
}
