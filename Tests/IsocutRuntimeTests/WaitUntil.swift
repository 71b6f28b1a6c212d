import Glibc
import IsocutRuntime
import Testing

/// Waits for what threads of the pipeline bring about; a pipeline that stands still is a failure, not
/// a test that never ends.
func waitUntil(
  _ isTrue: @autoclosure () -> Bool, sourceLocation: SourceLocation = #_sourceLocation
) {
  let deadline = ContinuousClock.now + .seconds(60)
  while !isTrue() {
    guard ContinuousClock.now < deadline else {
      Issue.record("nothing happened for a minute", sourceLocation: sourceLocation)
      return
    }
    sched_yield()
  }
}
