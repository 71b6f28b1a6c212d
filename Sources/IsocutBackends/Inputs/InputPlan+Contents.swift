internal import IsocutFormats
package import IsocutGraph

extension InputPlan {
  /// What the plan says of these tensors alone, with the bytes of files in the place of their paths:
  /// it means the same on a machine without the files.
  ///
  /// - Throws: as `fill` for a file that is missing or holds something else.
  package func contained(for tensors: [TensorSpec]) throws -> InputPlan {
    var plan = InputPlan(seed: seed)
    for tensor in tensors {
      let name = tensor.name
      plan.values[name] = values[name]
      plan.ranges[name] = ranges[name]
      plan.contents[name] = contents[name]
      guard files[name] != nil else { continue }
      let buffer = TensorBuffer(tensor)
      try fill(buffer, item: 0)
      plan.contents[name] = Array(buffer.bytes.prefix(tensor.byteCount))
    }
    return plan
  }

  /// The plan with the hashes of its files, and what is said of their type, in the place of their
  /// paths. A file that cannot be read stays a path: whoever fills an input from it says so.
  package func withHashedFiles() -> InputPlan {
    var plan = self
    plan.files = files.mapValues { text in
      let file = InputFile(text)
      guard let hash = try? FileHash.sha256(ofFile: file.path) else { return text }
      return hash + text.dropFirst(file.path.count)
    }
    return plan
  }
}
