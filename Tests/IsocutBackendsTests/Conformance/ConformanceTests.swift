import Foundation
import IsocutBackends
import Testing
import _IsocutTestSupport

@Suite struct ConformanceTests {
  /// Branches that meet again, a skip, an int64 tensor, a constant; made by make-diamond.py.
  private let diamond = Engine.root + "/Tests/Fixtures/diamond.onnx"

  @Test func theNullBackendIsABackend() throws {
    try withTemporaryFolder { folder in
      try checkBackend(
        NullBackend(options: NullOptions()), modelPath: diamond, in: folder)
    }
  }

  @Test func theNullBackendIsOneInBusyTimeToo() throws {
    try withTemporaryFolder { folder in
      try checkBackend(
        NullBackend(options: NullOptions(time: .busy)), modelPath: diamond, in: folder)
    }
  }
}
