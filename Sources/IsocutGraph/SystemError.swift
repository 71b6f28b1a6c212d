internal import Foundation
internal import Glibc

/// An error number of the system with the system's words for it.
package struct SystemError: Error, Hashable, CustomStringConvertible {
  package let number: Int32

  package init(number: Int32) { self.number = number }

  package static var last: SystemError { SystemError(number: errno) }

  /// What the system said below an error of Foundation's; nil where it said nothing.
  package init?(below error: any Error) {
    if let error = error as? SystemError {
      self = error
      return
    }
    let foundation = error as NSError
    if let error = error as? POSIXError {
      number = error.code.rawValue
    } else if foundation.domain == NSPOSIXErrorDomain {
      number = Int32(foundation.code)
    } else if let lower = foundation.userInfo[NSUnderlyingErrorKey] as? any Error,
      let system = SystemError(below: lower)
    {
      self = system
    } else if (error as? CocoaError)?.code == .fileWriteOutOfSpace {
      number = ENOSPC
    } else {
      return nil
    }
  }

  /// Whether there was no room: on the disk, in the user's share of it, or in one file.
  package var saysFull: Bool { [ENOSPC, EDQUOT, EFBIG].contains(number) }

  package var description: String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard strerror_r(number, &buffer, buffer.count) == 0 else { return "error \(number)" }
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// An error in a sentence for people: the system's own words where it said something, which say
  /// more than Foundation's general ones.
  package static func words(for error: any Error) -> String {
    let foundation = error as NSError
    let reason: String
    if let system = SystemError(below: error) {
      reason = system.description
    } else if error is CocoaError || error is DecodingError || type(of: error) is NSError.Type {
      reason = foundation.localizedDescription
    } else {
      reason = String(describing: error)
    }
    guard let path = foundation.userInfo[NSFilePathErrorKey] as? String else { return reason }
    return "\(path): \(reason)"
  }
}

extension IsocutError {
  /// Why a file or folder could not be made: `.inputOutput` where the disk is full, else
  /// `.cannotCreate`.
  package init(cannotCreate message: String, cause: any Error) {
    self.init(
      SystemError(below: cause)?.saysFull == true ? .inputOutput : .cannotCreate, message,
      cause: cause)
  }
}
