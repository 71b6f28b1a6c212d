// swift-tools-version: 6.2
import PackageDescription

/// Every target is compiled with the same strictness: Swift 6 mode, explicit existentials, imports
/// that are internal unless a public declaration needs them.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: name + "Tests",
    dependencies: [.target(name: name), "_IsocutTestSupport"] + dependencies,
    swiftSettings: strict
  )
}

let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "isocut",
  products: [
    .library(name: "IsocutGraph", targets: ["IsocutGraph"]),
    .library(name: "IsocutFormats", targets: ["IsocutFormats"]),
    .library(name: "IsocutSolver", targets: ["IsocutSolver"]),
    .library(name: "IsocutSearch", targets: ["IsocutSearch"]),
    .library(name: "IsocutBackends", targets: ["IsocutBackends"]),
    .library(name: "IsocutRuntime", targets: ["IsocutRuntime"]),
    .executable(name: "isocut", targets: ["isocut"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    .target(name: "CIsocutLinux"),
    .target(name: "CIsocutONNXRuntime"),
    .target(name: "CIsocutTFLite"),

    room("IsocutGraph"),
    room("IsocutFormats", ["IsocutGraph", protobuf, crypto]),
    room("IsocutSolver", ["IsocutGraph"]),
    room(
      "IsocutBackends",
      ["IsocutGraph", "IsocutFormats", "CIsocutLinux", "CIsocutONNXRuntime", "CIsocutTFLite"]),
    room("IsocutWorker", ["IsocutGraph", "CIsocutLinux"]),
    room(
      "IsocutProfile",
      [
        "IsocutGraph", "IsocutFormats", "IsocutBackends", "IsocutWorker", "CIsocutLinux", grdb,
        crypto,
      ]),
    room("IsocutRuntime", ["IsocutGraph", "IsocutBackends", "CIsocutLinux"]),
    room(
      "IsocutSearch",
      [
        "IsocutGraph", "IsocutFormats", "IsocutSolver", "IsocutBackends", "IsocutWorker",
        "IsocutProfile", "IsocutRuntime", "CIsocutLinux",
      ]),
    room("IsocutReport", ["IsocutGraph"]),
    .executableTarget(
      name: "isocut",
      dependencies: [
        "IsocutGraph", "IsocutFormats", "IsocutSolver", "IsocutBackends", "IsocutWorker",
        "IsocutProfile", "IsocutRuntime", "IsocutSearch", "IsocutReport", argumentParser,
      ],
      swiftSettings: strict),

    .target(
      name: "_IsocutTestSupport",
      dependencies: ["IsocutGraph", "IsocutFormats", "IsocutBackends", "IsocutSolver"],
      path: "Tests/_IsocutTestSupport",
      swiftSettings: strict),
    tests("IsocutGraph"),
    tests("IsocutFormats"),
    .testTarget(
      name: "IsocutSolverTests",
      dependencies: ["IsocutGraph", "IsocutSolver", "IsocutSearch", "_IsocutTestSupport"],
      exclude: ["Data"],
      swiftSettings: strict),
    tests("IsocutBackends", ["IsocutFormats"]),
    .executableTarget(
      name: "IsocutTestWorker",
      dependencies: [
        "IsocutGraph", "IsocutFormats", "IsocutBackends", "IsocutWorker", "IsocutProfile",
      ],
      path: "Tests/IsocutTestWorker",
      swiftSettings: strict),
    tests("IsocutWorker", ["IsocutTestWorker"]),
    tests(
      "IsocutProfile",
      ["IsocutGraph", "IsocutFormats", "IsocutBackends", "IsocutWorker", "IsocutTestWorker"]),
    tests("IsocutRuntime", ["IsocutBackends"]),
    tests("IsocutSearch", ["IsocutBackends", "IsocutFormats", "IsocutSolver", "IsocutProfile"]),
    tests("IsocutReport"),
    .testTarget(
      name: "CommandLineTests",
      dependencies: ["IsocutFormats", "IsocutGraph", "_IsocutTestSupport", "isocut"],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
