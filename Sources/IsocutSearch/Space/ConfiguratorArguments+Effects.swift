import IsocutGraph

/// An option that has no effect misleads whoever gave it, so it is refused by name.
extension ConfiguratorArguments {
  func refuseUnsupported() throws {
    for option in ConfiguratorOption.all where has(option.name) {
      if case .unsupported(let remedy) = option.role {
        throw IsocutError(
          .usage, "\(spelling(option.name)) has no effect in isocut: \(remedy)")
      }
    }
  }

  /// Holds for listings and runs alike.
  func refuseWhatHasNoEffect() throws {
    if !has("enable-depth-first"), !has("test-depth-first-search") {
      try refuse("depth-first-mem", "without -enable-depth-first or -test-depth-first-search")
    }
    if has("test-depth-first-search") {
      try refuse("enable-depth-first", "beside -test-depth-first-search, which tries both")
    }
    if !has("enable-single-device-partitioning") {
      try refuse("no-whole-clusters", "without -enable-single-device-partitioning")
    }
    for source in ["config", "load-configs"] where has(source) {
      for name in ["cores", "batchsize", "mos", "ols", "instances"] {
        try refuse(name, "beside \(spelling(source)): the file says it")
      }
    }
    if has("config") {
      try refuse("load-configs", "beside \(spelling("config"))")
      try refuse("list-configs", "beside \(spelling("config")): the search decides as it goes")
      try refuse("save-config", "beside \(spelling("config")): the search decides as it goes")
      try refuse("compile-only", "beside \(spelling("config")): the search needs measurements")
      for name in [
        "enable-single-device-partitioning", "dealloc-dly", "split-size", "limit-vtcm-percent",
        "enable-depth-first", "test-depth-first-search",
      ] {
        try refuse(
          name,
          "beside \(spelling("config")), whose format has no word for it; options of qaic-compile "
            + "that hold for all configurations go behind --")
      }
      if let sizes = last("search-set-size"), sizes.contains(where: { $0 == "," || $0 == "-" }) {
        throw IsocutError(
          .usage,
          """
          \(spelling("search-set-size")) \(sizes) has several values; beside \
          \(spelling("config")) give one, or search for it: "set-size" in the file
          """)
      }
    }
    if has("load-configs") {
      for name in [
        "enable-single-device-partitioning", "dealloc-dly", "split-size", "limit-vtcm-percent",
        "enable-depth-first", "test-depth-first-search",
      ] {
        try refuse(name, "beside -load-configs: the file says it")
      }
    }
    if has("no-store") {
      try refuse("store", "beside -no-store")
      try refuse("retry-failed", "beside -no-store, with which everything is tried again")
    }
    if has("no-quant") { try refuse("convert-to-fp16", "beside -no-quant") }
    if has("convert-to-fp16") || has("no-quant") {
      let reason = "beside \(has("no-quant") ? "-no-quant" : "-convert-to-fp16")"
      for option in ConfiguratorOption.all {
        if case .quantization = option.role { try refuse(option.name, reason) }
      }
    }
    if last("quantization-calibration") != "Percentile" {
      try refuse(
        "percentile-calibration-value", "without -quantization-calibration Percentile")
    }
  }

  /// Holds for runs; a listing takes these since it could be told to run next.
  func refuseWhatARunCannotUse() throws {
    for option in ConfiguratorOption.all where option.role == .image {
      try refuse(
        option.name, "in isocut, which decodes no images: give .raw or .npy files in -image-dir")
    }
    if let kind = last("image-type"), kind.filter({ $0 != "." }) != "raw",
      kind.filter({ $0 != "." }) != "npy"
    {
      throw IsocutError(
        .usage,
        """
        -image-type \(kind): isocut decodes no images; write the inputs as .raw or .npy files \
        (the vendor's img2raw.py makes them) and name their folder with -image-dir
        """)
    }
    if has("input-list-generate") {
      try refuse("input-list-file", "beside -input-list-generate")
    } else {
      for name in ["image-dir", "image-type", "width", "height", "reuse-single-file"] {
        try refuse(name, "without -input-list-generate")
      }
    }
    if has("time") { try refuse("iter", "beside -time") }
    if has("compile-only") {
      for name in [
        "iter", "time", "search-set-size", "run-timeout", "max-temperature", "cool-down-time",
      ] {
        try refuse(name, "beside -compile-only")
      }
    }
    try refuse("nsps", "in a run, in which the device says it")
    let isQuantized = !has("convert-to-fp16") && !has("no-quant")
    if isQuantized, !has("input-list-file"), !has("input-list-generate"),
      !has("external-quantization")
    {
      throw IsocutError(
        .usage,
        """
        quantizing needs inputs: give -input-list-file, or compile for fp16 with -convert-to-fp16 \
        or unchanged with -no-quant
        """)
    }
  }

  private func refuse(_ name: String, _ why: String) throws {
    if has(name) {
      throw IsocutError(.usage, "\(spelling(name)) has no effect \(why)")
    }
  }
}
