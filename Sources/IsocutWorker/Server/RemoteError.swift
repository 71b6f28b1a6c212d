import Foundation
import IsocutGraph

/// An error on its way from a worker to its parent.
struct RemoteError: Codable, Hashable {
  /// A code's name, or nil for an error that is not isocut's.
  var code: String?
  var message: String
  /// The lower errors, nearest first.
  var causes: [RemoteError]

  init(_ error: any Error) {
    guard let error = error as? IsocutError else {
      self.init(code: nil, message: SystemError.words(for: error), causes: [])
      return
    }
    let lower = error.cause.map(RemoteError.init)
    self.init(
      code: error.code.description, message: error.message,
      causes: lower.map {
        [RemoteError(code: $0.code, message: $0.message, causes: [])] + $0.causes
      }
        ?? [])
  }

  init(code: String?, message: String, causes: [RemoteError]) {
    self.code = code
    self.message = message
    self.causes = causes
  }

  /// The same error on the parent's side; an unknown one is a defect of isocut.
  var restored: IsocutError {
    let cause = causes.first.map {
      RemoteError(code: $0.code, message: $0.message, causes: Array(causes.dropFirst())).restored
    }
    let code = code.flatMap(IsocutError.Code.init(named:)) ?? .internalError
    return IsocutError(code, message, cause: cause)
  }
}
