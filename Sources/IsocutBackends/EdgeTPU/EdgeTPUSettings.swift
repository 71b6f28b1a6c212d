/// How the Edge TPU's compiler and devices are used, as a value that travels to workers.
package struct EdgeTPUSettings: Hashable, Sendable, Codable {
  /// Where the user says the compiler is; nil searches the usual places.
  package var compiler: String?
  package var deviceType: EdgeTPUDeviceType
  /// Numbers of the devices to use, in the order of the segments; nil takes the first ones.
  package var devices: [Int]?
  /// Operators that the compiler leaves to the CPU at each retry.
  package var delegateSearchStep: Int
  /// How long one compilation may take. The compiler's own limit is 180 seconds.
  package var compileSeconds: Double
  /// Where the files are compiled already, so that the compiler is not needed.
  package var compilesElsewhere: Bool

  package init(
    compiler: String? = nil, deviceType: EdgeTPUDeviceType = .any, devices: [Int]? = nil,
    delegateSearchStep: Int = 1, compileSeconds: Double = 240, compilesElsewhere: Bool = false
  ) {
    self.compiler = compiler
    self.deviceType = deviceType
    self.devices = devices
    self.delegateSearchStep = delegateSearchStep
    self.compileSeconds = compileSeconds
    self.compilesElsewhere = compilesElsewhere
  }
}
