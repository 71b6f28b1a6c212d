/// An option of the vendor's model configurator: how it is spelled in both dialects, and what it
/// is for.
package struct ConfiguratorOption: Hashable, Sendable {
  package enum Role: Hashable, Sendable {
    /// Values of the search space.
    case space
    /// How the search goes on, and what is printed.
    case search
    /// How programs are run.
    case run
    /// Where inputs come from.
    case input
    /// Turns images into inputs, which isocut does not do.
    case image
    /// Goes to the compiler, under this name.
    case compiler(String)
    /// The same, and only where the model is quantized.
    case quantization(String)
    /// Nothing it could do here; the text says what to do instead.
    case unsupported(String)
  }

  /// The newer dialect's name, without the dash.
  package var name: String
  /// Names in the older dialect.
  package var aliases: [String] = []
  package var takesValue = true
  /// Whether every occurrence counts, not only the last.
  package var repeats = false
  package var role: Role

  private static func value(
    _ name: String, _ role: Role, aliases: [String] = [], repeats: Bool = false
  ) -> Self {
    Self(name: name, aliases: aliases, repeats: repeats, role: role)
  }

  private static func flag(_ name: String, _ role: Role) -> Self {
    Self(name: name, takesValue: false, role: role)
  }

  private static func compiled(_ name: String, repeats: Bool = false) -> Self {
    Self(name: name, repeats: repeats, role: .compiler(name))
  }

  private static func quantized(_ name: String) -> Self {
    Self(name: name, role: .quantization(name))
  }

  /// All options, in the order of the vendor's usage text; the last two are isocut's own.
  package static let all: [ConfiguratorOption] = [
    flag("help", .search),
    value("model", .search),
    value("cores", .space),
    value("batchsize", .space),
    value("mos", .space),
    value("ols", .space),
    value("instances", .space),
    value("dealloc-dly", .space),
    value("split-size", .space),
    value("limit-vtcm-percent", .space),
    flag("enable-single-device-partitioning", .space),
    flag("enable-depth-first", .space),
    flag("test-depth-first-search", .space),
    value("depth-first-mem", .space),

    flag("list-configs", .search),
    value("load-configs", .search),
    value("save-config", .search),
    value("config", .search, aliases: ["optimized-config-search"]),
    value("max-parallel-compilations", .search, aliases: ["max-compilation-threads"]),
    flag("compile-only", .search),

    value("iter", .run),
    value("time", .run),
    value("device-id", .run),
    value("search-set-size", .run, aliases: ["set-size"]),

    value("input-list-file", .input),
    flag("input-list-generate", .input),
    value("image-dir", .input),
    value("image-type", .input),
    value("width", .input),
    value("height", .input),
    flag("reuse-single-file", .input),
    flag("no-nhwc-conversion", .image),
    flag("no-normalize", .image),
    flag("fp32-to-int8", .image),
    flag("bgr-to-rgb", .image),
    value("num-raw-files", .image),

    flag("convert-to-fp16", .compiler("convert-to-fp16")),
    flag("no-quant", .search),
    value(
      "quantization-precision", .quantization("quantization-precision"), aliases: ["precision"]),
    quantized("quantization-precision-bias"),
    quantized("quantization-schema-activations"),
    quantized("quantization-schema-constants"),
    quantized("quantization-calibration"),
    quantized("percentile-calibration-value"),
    quantized("num-histogram-bins"),
    quantized("external-quantization"),
    compiled("node-precision-info"),
    compiled("execute-nodes-in-fp16"),
    compiled("keep-original-precision-for-nodes"),
    flag("multicast-weights", .compiler("multicast-weights")),
    compiled("combine-inputs"),
    compiled("combine-outputs"),
    compiled("stats-batchsize"),
    compiled("onnx-define-symbol", repeats: true),
    value("onnx-define-symbol-batch-size", .search),
    compiled("register-custom-op"),

    value(
      "quant-profile-threads",
      .unsupported("the compiler has no documented option for it; leave it out")),
    value(
      "quant-num-inputs",
      .unsupported("shorten the file given with -input-list-file instead")),
    value(
      "load-pre-gen-files",
      .unsupported("give the inputs of one batch size with -input-list-file")),
    flag(
      "device-processing",
      .unsupported("the runner decides where inputs are processed; leave it out")),
    flag(
      "d32-spatial-major",
      .unsupported("the compiler takes that layout by itself where it helps; leave it out")),
    flag(
      "qdrive",
      .unsupported("only cards of this machine are used; name one with -device-id")),

    value("nsps", .space),
    flag("no-whole-clusters", .space),
  ]
}
