package import IsocutGraph

/// One thing that a self-test tried.
package struct SelfTestStep: Sendable {
  package var name: String
  /// What was seen.
  package var seen: String
  package var failure: IsocutError?
}

/// The steps of a self-test, in order.
struct SelfTestSteps {
  private(set) var all: [SelfTestStep] = []

  /// Tries something and keeps what was seen.
  ///
  /// - Returns: nil where it failed.
  mutating func run<Value>(
    _ name: String, _ body: () throws -> Value, seen: (Value) -> String
  ) -> Value? {
    do {
      let value = try body()
      all.append(SelfTestStep(name: name, seen: seen(value)))
      return value
    } catch {
      let known = error as? IsocutError ?? IsocutError(.vendorTool, "\(error)")
      all.append(SelfTestStep(name: name, seen: known.message, failure: known))
      return nil
    }
  }
}
