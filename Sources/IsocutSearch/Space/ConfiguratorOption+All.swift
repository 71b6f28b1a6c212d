extension ConfiguratorOption {
  /// All options, in the order of the vendor's usage text; those of isocut alone come last.
  package static let all = vendors + own

  /// Those of the vendor's tool.
  package static let vendors: [ConfiguratorOption] = [
    flag("help", .search, "Show this text."),
    value("model", "FILE", .search, "The ONNX model. Older: MODEL onnx."),
    value("cores", "LIST", .space, "Cores of one instance, such as 1-4,8."),
    value("batchsize", "LIST", .space, "Batch sizes (default: 1)."),
    value("mos", "LIST", .space, "Output channel splits; without it the compiler chooses."),
    value("ols", "LIST", .space, "Overlap splits (default: 1)."),
    value("instances", "LIST", .space, "Copies of the program; default: as many as fit."),
    value("dealloc-dly", "LIST", .space, "How long buffers live (default: 3)."),
    value("split-size", "LIST", .space, "Largest tiles in KiB (default: 2048)."),
    value("limit-vtcm-percent", "LIST", .space, "Shares of fast memory (default: 100)."),
    flag("enable-single-device-partitioning", .space, "Try two and four clusters of cores too."),
    flag("enable-depth-first", .space, "Compile for depth-first scheduling."),
    flag("test-depth-first-search", .space, "Try depth-first scheduling off and on."),
    value("depth-first-mem", "LIST", .space, "Memory for it, 8 to 32."),

    flag("list-configs", .search, "Print the configurations and run nothing."),
    value("load-configs", "FILE", .search, "Take the configurations of a CSV file."),
    value("save-config", "FILE", .search, "Write the configurations as CSV."),
    value(
      "config", "FILE", .search, "JSON file of an optimised search.",
      aliases: ["optimized-config-search"]),
    value(
      "max-parallel-compilations", "N", .search, "Compilations at a time (default: 1).",
      aliases: ["max-compilation-threads"]),
    flag("compile-only", .search, "Compile every configuration and run none."),

    value("iter", "N", .run, "Executions of each run."),
    value("time", "SECONDS", .run, "Length of each run (default: 5)."),
    value("device-id", "QID", .run, "The device; default: the one with most free cores."),
    value(
      "search-set-size", "LIST", .run, "Inferences queued an instance (default: 10).",
      aliases: ["set-size"]),

    value("input-list-file", "FILE", .input, "Raw input files, one item a line."),
    flag("input-list-generate", .input, "Take the files of -image-dir as inputs."),
    value("image-dir", "FOLDER", .input, "Folder of .raw and .npy files."),
    value("image-type", "SUFFIX", .input, "Take only files with this suffix."),
    value("width", "N", .input, "Width of a raw file's picture, to check its size."),
    value("height", "N", .input, "Height, likewise."),
    flag("reuse-single-file", .input, "Fill a batch with one file."),
    flag("no-nhwc-conversion", .image, ""),
    flag("no-normalize", .image, ""),
    flag("fp32-to-int8", .image, ""),
    flag("bgr-to-rgb", .image, ""),
    value("num-raw-files", "N", .image, ""),

    flag("convert-to-fp16", .compiler("convert-to-fp16"), "Compile for fp16."),
    flag("no-quant", .search, "Compile in the model's own precision."),
    value(
      "quantization-precision", "KIND", .quantization("quantization-precision"),
      "Such as Int8.", aliases: ["precision"]),
    quantized("quantization-precision-bias", "KIND"),
    quantized("quantization-schema-activations", "SCHEMA"),
    quantized("quantization-schema-constants", "SCHEMA"),
    quantized("quantization-calibration", "METHOD"),
    quantized("percentile-calibration-value", "PERCENT"),
    quantized("num-histogram-bins", "N"),
    quantized("external-quantization", "FILE"),
    compiled("node-precision-info", "FILE"),
    compiled("execute-nodes-in-fp16", "NAMES"),
    compiled("keep-original-precision-for-nodes", "NAMES"),
    flag("multicast-weights", .compiler("multicast-weights"), "Load shared weights once."),
    compiled("combine-inputs", "BOOL"),
    compiled("combine-outputs", "BOOL"),
    compiled("stats-batchsize", "N"),
    compiled("onnx-define-symbol", "NAME,N", repeats: true),
    value("onnx-define-symbol-batch-size", "NAME", .search, "The free batch dimension."),
    compiled("register-custom-op", "FILE"),

    value(
      "quant-profile-threads", "N",
      .unsupported("the compiler has no documented option for it; leave it out"), ""),
    value(
      "quant-num-inputs", "N",
      .unsupported("shorten the file given with -input-list-file instead"), ""),
    value(
      "load-pre-gen-files", "FOLDER",
      .unsupported("give the inputs of one batch size with -input-list-file"), ""),
    flag(
      "device-processing",
      .unsupported("the runner decides where inputs are processed; leave it out"), ""),
    flag(
      "d32-spatial-major",
      .unsupported("the compiler takes that layout by itself where it helps; leave it out"), ""),
    flag(
      "qdrive",
      .unsupported("only cards of this machine are used; name one with -device-id"), ""),
  ]

  /// Those of isocut alone.
  package static let own: [ConfiguratorOption] = [
    value("nsps", "N", .space, "Cores of the device, for a listing (default: 16)."),
    flag("no-whole-clusters", .space, "List the vendor's values of MOS only."),
    value("output", "FOLDER", .search, "Programs and results (./model_configurator_output)."),
    value("compile-timeout", "SECONDS", .search, "Longest compilation (default: 3600)."),
    value("run-timeout", "SECONDS", .run, "Longest run beyond its length (default: 120)."),
    value("max-temperature", "C", .run, "Wait while the card is hotter (default: 65)."),
    value("cool-down-time", "SECONDS", .run, "Wait no longer for that (default: 600)."),
    flag("retry-failed", .search, "Try again what failed before."),
    value("store", "FILE", .search, "Database of measurements."),
    flag("no-store", .search, "Measure everything anew and keep nothing."),
    value("format", "FORM", .search, "Form of the result: table, json, csv or markdown."),
    value("report", "FILE", .search, "Write the result to a file, in the form of its suffix."),
  ]

  private static func value(
    _ name: String, _ placeholder: String, _ role: Role, _ summary: String, aliases: [String] = []
  ) -> Self {
    Self(name: name, aliases: aliases, placeholder: placeholder, role: role, summary: summary)
  }

  private static func flag(_ name: String, _ role: Role, _ summary: String) -> Self {
    Self(name: name, role: role, summary: summary)
  }

  private static func compiled(
    _ name: String, _ placeholder: String, repeats: Bool = false
  ) -> Self {
    Self(
      name: name, placeholder: placeholder, repeats: repeats, role: .compiler(name),
      summary: "As qaic-compile has it.")
  }

  private static func quantized(_ name: String, _ placeholder: String) -> Self {
    Self(
      name: name, placeholder: placeholder, role: .quantization(name),
      summary: "As qaic-compile has it.")
  }
}
