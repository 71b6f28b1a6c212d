/// From which weights the rest can still be done, if boundaries cost no more than the profile says.
///
/// A relaxation of the cut problem in which an ideal is nothing but its weight: a stage from weight
/// w to w' costs at least w' - w, and where it is heavier than the profile's short limit also the
/// least transfer of both boundaries.
struct BoundaryBound {
  private let profile: CutProfile
  /// Per number of devices left and bucket: the most that may cross an ideal there.
  private var most: [[Double]]
  /// Per number of devices left and bucket: the next bucket, itself included, that is not hopeless.
  private var next: [[Int32]]

  /// - Parameter threshold: the largest load, less the overhead of a stage.
  init(_ profile: CutProfile, total: Double, deviceCount: Int, threshold: Double) {
    self.profile = profile
    let count = CutProfile.bucketCount + 1
    let width = profile.bucketWeight
    let threshold = threshold * (1 + 1e-9)
    // A stage between buckets further apart than this is heavier than the short limit.
    let lightSpan = Int(profile.shortLimit / width) + 1
    var hopeful = Array(repeating: false, count: count)
    for bucket in profile.bucket(total * (1 - 1e-9))...profile.bucket(total * (1 + 1e-9)) {
      hopeful[bucket] = true
    }
    most = [Array(repeating: 0, count: count)]
    next = [Self.following(hopeful)]
    for left in 1...max(1, deviceCount) {
      // Least of (weight + transfer) over hopeful targets from each bucket on.
      var least = Array(repeating: Double.infinity, count: count + 1)
      for bucket in stride(from: count - 1, through: 0, by: -1) {
        least[bucket] = least[bucket + 1]
        guard hopeful[bucket] else { continue }
        let cost = left == 1 ? 0 : profile.least[bucket]
        least[bucket] = min(least[bucket], Double(bucket) * width + cost)
      }
      let follow = next[left - 1]
      var room = Array(repeating: -Double.infinity, count: count)
      for bucket in 0..<count {
        if Int(follow[bucket]) <= bucket + lightSpan {
          room[bucket] = .infinity
        } else if bucket + lightSpan + 1 < count {
          room[bucket] = threshold + Double(bucket + 1) * width - least[bucket + lightSpan + 1]
        }
      }
      for bucket in 0..<count where profile.least[bucket] <= room[bucket] {
        hopeful[bucket] = true
      }
      most.append(room)
      next.append(Self.following(hopeful))
    }
  }

  private static func following(_ flags: [Bool]) -> [Int32] {
    var result = Array(repeating: Int32.max / 2, count: flags.count)
    var last = Int32.max / 2
    for bucket in stride(from: flags.count - 1, through: 0, by: -1) {
      if flags[bucket] { last = Int32(bucket) }
      result[bucket] = last
    }
    return result
  }

  /// Whether some ideal of a weight in the range leaves a rest that is not hopeless.
  func isHopeful(from low: Double, to high: Double, devicesLeft: Int) -> Bool {
    Int(next[devicesLeft][profile.bucket(low)]) <= profile.bucket(high)
  }

  /// Whether the rest of an ideal of that weight, cut by nets of that cost, is not hopeless.
  func isHopeful(at weight: Double, crossing: Double, devicesLeft: Int) -> Bool {
    let bucket = profile.bucket(weight)
    guard Int(next[devicesLeft][bucket]) == bucket else { return false }
    return !profile.allAreShort || crossing <= most[devicesLeft][bucket] * (1 + 1e-9)
  }
}
