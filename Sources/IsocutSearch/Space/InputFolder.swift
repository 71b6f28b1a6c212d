import IsocutGraph

/// A folder whose files are the inputs of a run (`-input-list-generate -image-dir`).
package struct InputFolder: Hashable, Sendable {
  package var path: String
  package var width: Int?
  package var height: Int?
  /// True fills a batch with one file where there are too few.
  package var reusesSingleFile: Bool
  /// The only suffix to take, or nil for `.raw` and `.npy`.
  package var suffix: String?

  package init(
    path: String, width: Int? = nil, height: Int? = nil, reusesSingleFile: Bool = false,
    suffix: String? = nil
  ) {
    self.path = path
    self.width = width
    self.height = height
    self.reusesSingleFile = reusesSingleFile
    self.suffix = suffix
  }

  /// A file of the folder.
  package struct File: Hashable, Sendable {
    package var name: String
    package var bytes: Int

    package init(name: String, bytes: Int) {
      self.name = name
      self.bytes = bytes
    }
  }

  /// The files that are inputs, by name; each holds one item.
  ///
  /// - Parameter files: what the folder holds.
  /// - Throws: `IsocutError` `.badData` where there are images only, or raw files that do not fit
  ///   the width and height given.
  package func usable(among files: [File]) throws -> [File] {
    func hasSuffix(_ file: File, _ suffixes: [String]) -> Bool {
      let name = file.name.lowercased()
      return suffixes.contains { name.hasSuffix("." + $0) }
    }
    let wanted = suffix.map { [$0.filter { $0 != "." }] } ?? ["raw", "npy"]
    let usable = files.filter { hasSuffix($0, wanted) }.sorted { $0.name < $1.name }
    guard !usable.isEmpty else {
      let images = files.filter { hasSuffix($0, ["jpg", "jpeg", "png"]) }
      throw IsocutError(
        .badData,
        images.isEmpty
          ? "\(path) holds no .\(wanted.joined(separator: " and no .")) file"
          : """
          \(path) holds images, and isocut decodes none; write them as .raw or .npy files (the \
          vendor's img2raw.py does)
          """)
    }
    if let width, let height {
      let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
      for file in usable where hasSuffix(file, ["raw"]) {
        guard !overflow, file.bytes > 0, file.bytes % pixels == 0 else {
          throw IsocutError(
            .badData,
            """
            \(path)/\(file.name) has \(file.bytes) bytes, which is no multiple of \(width) x \
            \(height) pixels
            """)
        }
      }
    }
    return usable
  }
}
