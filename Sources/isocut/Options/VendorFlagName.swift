import ArgumentParser

extension NameSpecification {
  /// A flag of libcoral's tools, which take one dash or two.
  static func libcoral(_ name: String) -> NameSpecification {
    [.customLong(name), .customLong(name, withSingleDash: true)]
  }
}
