import Foundation
package import IsocutBackends
import IsocutGraph

/// How long a hot card is left alone before it is measured, as the vendor's sample scripts do it.
package struct CoolDown: Hashable, Sendable {
  /// Degrees Celsius up to which a card is measured; the limit of the vendor's scripts.
  package var maximum = 65.0
  /// A card that stays hot for longer is not waited for.
  package var patience = Duration.seconds(600)
  /// Between two looks.
  package var interval = Duration.seconds(1)

  package init() {}

  /// Waits until the device is cool enough. One that tells no temperature is not waited for.
  ///
  /// - Parameters:
  ///   - look: what the tool says of the device now.
  ///   - waiting: told of each temperature that is too high.
  /// - Returns: the device as it was seen last.
  /// - Throws: `IsocutError` `.unavailable` where it stays hot; `CancellationError`; what `look`
  ///   throws.
  package func wait(
    isCancelled: () -> Bool, waiting: (Double) -> Void, look: () throws -> AICDevice
  ) throws -> AICDevice {
    let deadline = ContinuousClock.now + patience
    while true {
      let device = try look()
      guard let temperature = device.temperature, temperature > maximum else { return device }
      guard ContinuousClock.now < deadline else {
        throw IsocutError(
          .unavailable,
          """
          device \(device.qid) is at \(temperature) degrees C and did not cool down to \(maximum) \
          within \(patience); look to its cooling, or measure it hot with -max-temperature
          """)
      }
      waiting(temperature)
      let next = ContinuousClock.now + interval
      while ContinuousClock.now < next {
        if isCancelled() { throw CancellationError() }
        Thread.sleep(forTimeInterval: 0.05)
      }
    }
  }
}
