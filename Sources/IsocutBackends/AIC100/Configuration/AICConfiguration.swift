/// One configuration of a program for Cloud AI 100: a row of the vendor's model configurator.
package struct AICConfiguration: Hashable, Sendable, Codable {
  package var layout: NSPLayout
  package var batchSize: Int
  /// Overlap split factor: how finely operators are split to overlap with transfers.
  package var ols: Int
  /// How long buffers live (`-allocator-dealloc-delay`).
  package var deallocDelay: Int
  /// The largest tile in KiB (`-size-split-granularity`).
  package var splitSize: Int
  /// Share of the fast memory that one instruction may use, in percent
  /// (`-vtcm-working-set-limit-ratio`).
  package var vtcmPercent: Int
  package var depthFirst: DepthFirst?

  /// Depth-first scheduling (`-aic-enable-depth-first`).
  package struct DepthFirst: Hashable, Sendable, Codable {
    /// Memory for it (`-aic-depth-first-mem`); nil leaves the size to the compiler.
    package var memory: Int?

    package init(memory: Int? = nil) { self.memory = memory }
  }

  /// The last three defaults are those that the vendor's listing prints.
  package init(
    layout: NSPLayout, batchSize: Int = 1, ols: Int = 1, deallocDelay: Int = 3,
    splitSize: Int = 2048, vtcmPercent: Int = 100, depthFirst: DepthFirst? = nil
  ) {
    self.layout = layout
    self.batchSize = batchSize
    self.ols = ols
    self.deallocDelay = deallocDelay
    self.splitSize = splitSize
    self.vtcmPercent = vtcmPercent
    self.depthFirst = depthFirst
  }

  /// The options of `qaic-compile` that make this configuration, in the order of the columns of the
  /// vendor's listing. Instances are no matter of the compiler.
  ///
  /// - Parameter batchSymbol: the name of the model's free batch dimension. It is given a size in
  ///   place of `-batchsize`, as the vendor's scripts do it; nil where the model has none.
  package func compilerArguments(batchSymbol: String? = nil) -> [String] {
    var tokens = ["-aic-num-cores=\(layout.cores)"]
    if let batchSymbol {
      tokens.append("-onnx-define-symbol=\(batchSymbol),\(batchSize)")
      tokens.append("-stats-batchsize=\(batchSize)")
    } else {
      tokens.append("-batchsize=\(batchSize)")
    }
    tokens.append("-ols=\(ols)")
    if let mos = layout.mos.argument { tokens.append("-mos=" + mos) }
    tokens += [
      "-allocator-dealloc-delay=\(deallocDelay)",
      "-size-split-granularity=\(splitSize)",
      "-vtcm-working-set-limit-ratio=\(Double(vtcmPercent) / 100)",
    ]
    if !layout.clusterSizes.isEmpty {
      tokens.append(
        "-sdp-cluster-sizes=" + layout.clusterSizes.map(String.init).joined(separator: ","))
    }
    if let depthFirst {
      tokens.append("-aic-enable-depth-first")
      if let memory = depthFirst.memory { tokens.append("-aic-depth-first-mem=\(memory)") }
    }
    return tokens
  }

  /// The folder of the compiled program, named as the vendor's configurator names its folders. What
  /// the name of the vendor leaves out is added only where it is not the default, so that two
  /// configurations never share a folder.
  package var folderName: String {
    func list(_ values: [Int]) -> String { values.map(String.init).joined(separator: "_") }
    let mos = layout.mos.values
    var name = "qpc-cores-\(layout.cores)-mos-\(mos.isEmpty ? "default" : list(mos))"
    name += "-ols-\(ols)-bs-\(batchSize)"
    if !layout.clusterSizes.isEmpty { name += "-sdp-" + list(layout.clusterSizes) }
    if deallocDelay != 3 { name += "-dly-\(deallocDelay)" }
    if splitSize != 2048 { name += "-split-\(splitSize)" }
    if vtcmPercent != 100 { name += "-vtcm-\(vtcmPercent)" }
    if let depthFirst { name += "-dfs" + (depthFirst.memory.map { "-\($0)" } ?? "") }
    return name + "-output"
  }

  /// A name that no other configuration has: several may run the same program.
  package var name: String {
    folderName.dropLast("-output".count) + "-instances-\(layout.instances)"
  }
}
