// swift-tools-version: 6.2
import PackageDescription

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
    .target(name: "CLibFuzzer"),
    .executableTarget(name: "isocut-fuzz", dependencies: ["FuzzTargets", "CLibFuzzer"]),
  ],
  swiftLanguageModes: [.v6]
)
