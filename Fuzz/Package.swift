// swift-tools-version: 6.2
import Foundation
import PackageDescription

// Coverage-guided fuzzing brings its own main, which links only with `--sanitize=fuzzer`; so that
// target exists only where it is asked for.
let isCoverageGuided = ProcessInfo.processInfo.environment["ISOCUT_LIBFUZZER"] != nil

let package = Package(
  name: "isocut-fuzz",
  dependencies: [.package(name: "isocut", path: "..")],
  targets: [
    .target(
      name: "FuzzTargets",
      dependencies: [
        .product(name: "IsocutFormats", package: "isocut"),
        .product(name: "IsocutGraph", package: "isocut"),
      ]),
    isCoverageGuided
      ? .executableTarget(
        name: "libfuzzer", dependencies: ["FuzzTargets"],
        swiftSettings: [.unsafeFlags(["-parse-as-library"])])
      : .executableTarget(name: "isocut-fuzz", dependencies: ["FuzzTargets"]),
  ],
  swiftLanguageModes: [.v6]
)
