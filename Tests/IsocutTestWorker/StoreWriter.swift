import Foundation
import Glibc
import IsocutProfile

/// `--save STORE PREFIX COUNT` (or seconds, as `60s`): saves measurements one by one and writes each key's number to
/// standard output once it is saved, so that a test can kill it and know what must be there.
enum StoreWriter {
  static func run(_ arguments: [String]) throws {
    guard arguments.count == 3 else { exit(64) }
    let seconds = arguments[2].hasSuffix("s") ? Double(arguments[2].dropLast()) : nil
    let end = seconds.map { ContinuousClock.now + .seconds($0) }
    guard let count = end == nil ? Int(arguments[2]) : .max else { exit(64) }
    let store = try ProfileStore(path: arguments[0])
    for number in 0..<count {
      if let end, ContinuousClock.now >= end { break }
      try store.save(
        StageMeasurement(status: .failed, reason: "number \(number)"),
        for: MeasurementKey(
          stage: "\(arguments[1])-\(number)",
          context: .init(
            backend: "null", backendVersion: "1", device: "cpu", options: "{}", machine: "m")))
      let line = "\(number)\n"
      _ = line.utf8CString.withUnsafeBytes { write(1, $0.baseAddress, $0.count - 1) }
    }
  }

  /// `--find STORE STAGE DEVICE`: opens a store, looks one measurement up and says how long both took.
  static func find(_ arguments: [String]) throws {
    guard arguments.count == 3 else { exit(64) }
    let clock = ContinuousClock()
    let begin = clock.now
    let store = try ProfileStore(path: arguments[0])
    let opened = clock.now
    let found = try store.measurement(
      for: MeasurementKey(
        stage: arguments[1],
        context: .init(
          backend: "null", backendVersion: "1", device: arguments[2], options: "{}", machine: "m")))
    func milliseconds(_ time: Duration) -> Double { time / .milliseconds(1) }
    let (opening, answering) = (milliseconds(opened - begin), milliseconds(clock.now - opened))
    print("open \(opening) ms, answer \(answering) ms, found \(found != nil)")
  }
}
