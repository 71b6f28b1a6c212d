import IsocutBackends
import IsocutGraph
import Testing

@testable import IsocutSearch

@Suite struct ConfiguratorOptionsTests {
  @Test func theDocumentedListingCommandIsUnderstood() throws {
    let options = try ConfiguratorOptions(parsing: ConfigurationSpaceTests.documented)
    #expect(options.model == "MODEL")
    #expect(options.listsOnly)
    #expect(options.cores == [15])
    #expect(options.mos == [1, 2, 4, 8])
    #expect(options.ols == [2, 4])
    #expect(options.instances == [1, 2])
    #expect(options.partitions)
    #expect(options.length == .iterations(5000))
    #expect(
      options.inputs
        == .folder(
          InputFolder(path: "./inputFiles", width: 224, height: 224, reusesSingleFile: true)))
  }

  @Test func theOlderExamplesOfTheVendorAreUnderstood() throws {
    let plain = try ConfiguratorOptions(
      parsing: """
        resnet50.onnx onnx -iter 5000 -precision Int8 -list-configs -batchsize 1 -cores 2,7-12 \
        -mos 2 -ols 2 -instance 2,7 -input-list-file inputs_res.txt
        """.split(separator: " ").map(String.init))
    #expect(plain.cores == [2, 7, 8, 9, 10, 11, 12])
    #expect(plain.inputs == .listFile("inputs_res.txt"))
    #expect(plain.compilerOptions == ["-quantization-precision=Int8"])
    let partitioned = try ConfiguratorOptions(
      parsing: """
        SsdResnet18_1MP.onnx onnx -iter 5000 -list-configs -batchsize 1 -cores 6 -mos 1,2,4,8 \
        -ols 2,4 -instance 1 -input-list-file list.txt -width 224 -height 224 -reuse-single-file \
        -enable-single-device-partitioning
        """.split(separator: " ").map(String.init))
    #expect(partitioned.partitions)
  }

  @Test func theNewerDialectIsUnderstood() throws {
    let options = try ConfiguratorOptions(
      parsing: """
        -model resnet-50_onnx/model.onnx -onnx-define-symbol-batch-size=batch_size \
        -onnx-define-symbol=num_channels,3 -onnx-define-symbol=height,224 -multicast-weights \
        -config=search.json -max-parallel-compilations=16 -time=5 -convert-to-fp16 -device-id=0 \
        -search-set-size 1
        """.split(separator: " ").map(String.init))
    #expect(options.model == "resnet-50_onnx/model.onnx")
    #expect(options.optimizerFile == "search.json")
    #expect(options.compilations == 16)
    #expect(options.length == .seconds(5))
    #expect(options.device == 0)
    #expect(options.setSizes == [1])
    #expect(options.precision == .fp16)
    #expect(options.batchSymbol == "batch_size")
    #expect(
      options.compilerOptions == [
        "-convert-to-fp16", "-multicast-weights", "-onnx-define-symbol=num_channels,3",
        "-onnx-define-symbol=height,224",
      ])
  }

  @Test func bothDialectsNameTheSameThings() throws {
    let older = try ConfiguratorOptions(
      parsing: [
        "m.onnx", "onnx", "-optimized-config-search", "s.json", "-max-compilation-threads", "4",
        "-set-size", "3", "-convert-to-fp16", "-time", "2",
      ])
    let newer = try ConfiguratorOptions(
      parsing: [
        "-model=m.onnx", "-config=s.json", "-max-parallel-compilations=4", "-search-set-size=3",
        "-convert-to-fp16", "-time=2",
      ])
    #expect(older == newer)
  }

  @Test func defaultsAreTheVendors() throws {
    let options = try ConfiguratorOptions(parsing: ["-model", "m.onnx", "-convert-to-fp16"])
    #expect(options.setSizes == [10])
    #expect(!options.listsOnly)
    #expect(options.space(nsps: 14).cores == [1, 2, 4, 7, 14])
    #expect(options.space(nsps: 14).instances == .filling)
  }

  @Test func aLaterValueCountsAndTokensBehindTwoDashesComeLast() throws {
    let options = try ConfiguratorOptions(
      parsing: [
        "m.onnx", "-convert-to-fp16", "-mos", "1", "-mos", "2,4", "--", "-use-producer-dma=1",
        "-mos=8",
      ])
    #expect(options.mos == [2, 4])
    #expect(options.compilerOptions == ["-convert-to-fp16", "-use-producer-dma=1", "-mos=8"])
  }

  @Test(arguments: [
    ("", "give the model: -model MODEL.onnx, or MODEL.onnx onnx"),
    ("-frobnicate m", "the model configurator has no option -frobnicate; see -help, and put"),
    ("-m m.onnx", "-m may mean -model, -mos, -max-parallel-compilations, -multicast-weights"),
    ("m.onnx -cores", "-cores needs a value"),
    ("m.onnx -cores -mos 1", "-cores needs a value"),
    ("m.onnx -compile-only=1", "-compile-only takes no value; it was given 1"),
    ("m.pb tensorflow", "'tensorflow' after the model is no kind of model that is read here"),
    ("m.onnx onnx more", "'more' is left over after the model and its kind"),
    ("m.onnx -cores 4-2", "-cores 4-2: '4-2' is no value; give whole numbers above 0"),
    ("m.onnx -instance 0", "-instance 0: '0' is no value"),
    ("m.onnx -mos 1,,2", "-mos 1,,2: '' is no value"),
    ("m.onnx -cores 1-99999999", "-cores 1-99999999 has more than 10000 values"),
    ("m.onnx -time x", "-time x is no whole number of at least 1"),
    ("m.onnx -limit-vtcm-percent 120", "-limit-vtcm-percent 120 is more than 100 percent"),
    ("m.onnx -input-list-generate", "-input-list-generate needs -image-dir"),
  ])
  func whatIsWrongIsNamed(words: String, message: String) {
    let error = #expect(throws: IsocutError.self) {
      try ConfiguratorOptions(parsing: words.split(separator: " ").map(String.init))
    }
    #expect(error?.code == .usage)
    #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "")")
  }

  @Test(arguments: [
    ("-qdrive", "-qdrive has no effect in isocut: only cards of this machine are used"),
    ("-depth-first-mem 8", "-depth-first-mem has no effect without -enable-depth-first"),
    ("-no-whole-clusters", "-no-whole-clusters has no effect without -enable-single-device"),
    ("-config s.json -cores 4", "-cores has no effect beside -config: the file says it"),
    ("-config s.json -list-configs", "-list-configs has no effect beside -config"),
    ("-config s.json -split-size 512", "-split-size has no effect beside -config, whose format"),
    (
      "-config s.json -enable-single-device-partitioning",
      "-enable-single-device-partitioning has no effect beside -config"
    ),
    ("-config s.json -set-size 1,4", "-set-size 1,4 has several values; beside -config give one"),
    ("-no-store -store s.sqlite", "-store has no effect beside -no-store"),
    ("-load-configs c.csv -split-size 512", "-split-size has no effect beside -load-configs"),
    ("-precision Int8", "-precision has no effect beside -convert-to-fp16"),
    ("-no-quant", "-convert-to-fp16 has no effect beside -no-quant"),
    ("-iter 5 -time 5", "-iter has no effect beside -time"),
    ("-compile-only -iter 5", "-iter has no effect beside -compile-only"),
    ("-nsps 14", "-nsps has no effect in a run, in which the device says it"),
    ("-width 224", "-width has no effect without -input-list-generate"),
    ("-bgr-to-rgb", "-bgr-to-rgb has no effect in isocut, which decodes no images"),
    ("-input-list-generate -image-dir d -image-type .png", "-image-type .png: isocut decodes no"),
    (
      "-input-list-generate -image-dir d -input-list-file l",
      "-input-list-file has no effect beside -input-list-generate"
    ),
  ])
  func anOptionWithoutEffectIsRefusedByName(words: String, message: String) {
    let all = ["m.onnx", "-convert-to-fp16"] + words.split(separator: " ").map(String.init)
    let error = #expect(throws: IsocutError.self) { try ConfiguratorOptions(parsing: all) }
    #expect(error?.code == .usage)
    #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "")")
  }

  @Test func quantizingWithoutInputsIsRefusedInARunOnly() throws {
    let error = #expect(throws: IsocutError.self) {
      try ConfiguratorOptions(parsing: ["m.onnx", "-cores", "2"])
    }
    #expect(error?.message.hasPrefix("quantizing needs inputs: give -input-list-file") == true)
    #expect(
      try ConfiguratorOptions(parsing: ["m.onnx", "-cores", "2", "-list-configs"]).precision
        == .quantized)
  }

  @Test func percentilesBelongToTheirCalibration() throws {
    let words = [
      "m.onnx", "-input-list-file", "l", "-quantization-calibration", "Percentile",
      "-percentile-calibration-value", "99.5",
    ]
    #expect(
      try ConfiguratorOptions(parsing: words).compilerOptions == [
        "-quantization-calibration=Percentile", "-percentile-calibration-value=99.5",
      ])
    #expect(throws: IsocutError.self) {
      try ConfiguratorOptions(parsing: words.map { $0 == "Percentile" ? "MSE" : $0 })
    }
  }
}
