import IsocutBackends

/// The cores this process may use.
enum AllowedCores {
  static let current: [Int] = CPUAffinity.allowed
}
