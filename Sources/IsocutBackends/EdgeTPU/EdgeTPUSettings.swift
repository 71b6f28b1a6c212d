/// How the Edge TPU's compiler and devices are used, as a value that travels to workers.
package struct EdgeTPUSettings: Hashable, Sendable, Codable {
  /// Where the user says the compiler is; nil searches the usual places.
  package var compiler: String?
  package var deviceType: EdgeTPUDeviceType
  /// Operators that the compiler leaves to the CPU at each retry.
  package var delegateSearchStep: Int
  /// How long one compilation may take. The compiler's own limit is 180 seconds.
  package var compileSeconds: Int

  package init(
    compiler: String? = nil, deviceType: EdgeTPUDeviceType = .any, delegateSearchStep: Int = 1,
    compileSeconds: Int = 240
  ) {
    self.compiler = compiler
    self.deviceType = deviceType
    self.delegateSearchStep = delegateSearchStep
    self.compileSeconds = compileSeconds
  }
}
