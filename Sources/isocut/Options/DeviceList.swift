import ArgumentParser

/// Numbers of devices, such as `0,2`, each once.
struct DeviceList: ExpressibleByArgument {
  var numbers: [Int]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    numbers = parts.compactMap(\.self)
    guard numbers.count == parts.count, numbers.allSatisfy({ $0 >= 0 }),
      Set(numbers).count == numbers.count
    else { return nil }
  }
}
