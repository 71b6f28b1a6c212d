package import IsocutBackends
package import IsocutGraph

/// isocut's own stages as programs of a Cloud AI 100 card, one each: which cores each gets, and
/// what the vendor's compiler is told of all of them.
package struct StagePrograms: Hashable, Sendable {
  package var stageCount: Int
  /// Cores of each stage; nil divides those of the device.
  package var clusterSizes: [Int]?
  /// One value for all stages or one each; nil leaves it to the compiler.
  package var mos: [Int]?
  /// Options of `qaic-compile` for every stage.
  package var tokens: [String]
  /// Copies of the whole pipeline.
  package let instances: Int

  /// - Throws: `IsocutError` `.usage` for an option that isocut says itself, or that needs what a
  ///   stage has not.
  package init(
    stageCount: Int, clusterSizes: [Int]?, mos: [Int]?, tokens: [String]
  ) throws {
    self.stageCount = stageCount
    self.clusterSizes = clusterSizes
    self.mos = mos
    let options = VendorArguments(tokens)
    for (names, remedy) in Self.refused {
      for name in names where options.has(name) {
        throw IsocutError(.usage, "-\(name) cannot go with --stages: \(remedy)")
      }
    }
    instances = try options.number(of: "aic-num-of-instances") ?? 1
    self.tokens = tokens
  }

  private static let refused: [([String], String)] = [
    (["aic-num-cores"], "say the cores of the stages with --cluster-sizes"),
    (["mos"], "say it with --mos, one value or one a stage"),
    (
      ["sdp-cluster-sizes"],
      "isocut cuts, and each stage is a program; leave --stages out and the compiler cuts"
    ),
    (["m", "model"], "each stage is a model of its own"),
    (["aic-binary-dir"], "the programs go into the folder of --output"),
    (
      ["batchsize", "stats-batchsize", "onnx-define-symbol"],
      "stages have fixed sizes; say them with --dim or --shape"
    ),
    (
      [
        "convert-to-quantize", "input-list-file", "load-profile", "dump-profile",
        "external-quantization",
      ],
      """
      inputs of a stage are tensors inside the model, of which there are no samples; quantize the \
      model before it is cut, or compile with -convert-to-fp16
      """
    ),
    (["mdp-load-partition-config"], "isocut cuts for one device"),
  ]

  /// How each stage uses the cores of a device.
  ///
  /// - Throws: `IsocutError` `.infeasible` for more cores than there are, or a MOS above a stage's
  ///   cores.
  package func layouts(nsps: Int) throws -> [NSPLayout] {
    guard stageCount > 0 else {
      throw IsocutError(.usage, "the number of stages must be at least 1")
    }
    let sizes = try clusterSizes ?? equalSizes(nsps: nsps)
    guard sizes.count == stageCount else {
      throw IsocutError(
        .infeasible, "--cluster-sizes names \(sizes.count) clusters for \(stageCount) stages")
    }
    if let mos, mos.count != 1, mos.count != stageCount {
      throw IsocutError(
        .infeasible,
        "--mos has \(mos.count) values for \(stageCount) stages; give one for all or one each")
    }
    let layouts = sizes.enumerated().map { index, size in
      let values = mos.map { [$0.count == 1 ? $0[0] : $0[index]] } ?? []
      return NSPLayout(cores: size, mos: ChannelSplit(values), instances: instances)
    }
    for layout in layouts { try layout.validate(onDeviceWith: nsps) }
    // Each is at most the device's cores, so the sum fits.
    try NSPLayout(cores: sizes.reduce(0, +), instances: instances).validate(onDeviceWith: nsps)
    return layouts
  }

  private func equalSizes(nsps: Int) throws -> [Int] {
    guard instances > 0 else { return Array(repeating: 1, count: stageCount) }
    let cores = nsps / instances
    guard stageCount <= cores else {
      throw IsocutError(
        .infeasible,
        """
        \(stageCount) stages in \(instances) instance\(instances == 1 ? "" : "s") need \
        \(stageCount) cores each, the device has \(nsps) NSPs
        """)
    }
    return (0..<stageCount).map { cores / stageCount + ($0 < cores % stageCount ? 1 : 0) }
  }

  /// The devices of a plan. Stages with equally many cores run equally fast.
  package static func devices(_ layouts: [NSPLayout]) -> [Device] {
    layouts.enumerated().map { index, layout in
      Device(
        id: "\(AICTools.backendName):\(index)", kind: "\(AICTools.backendName)-\(layout.cores)",
        cpus: [], mos: layout.mos.values.first ?? layout.cores, lanes: layout.instances)
    }
  }
}
