// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "isocut-benchmarks",
  dependencies: [.package(name: "isocut", path: "../")],
  targets: [
    .executableTarget(
      name: "cut",
      dependencies: [
        .product(name: "IsocutGraph", package: "isocut"),
        .product(name: "IsocutFormats", package: "isocut"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "handoff",
      dependencies: [
        .product(name: "IsocutGraph", package: "isocut"),
        .product(name: "IsocutBackends", package: "isocut"),
        .product(name: "IsocutRuntime", package: "isocut"),
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "solver",
      dependencies: [
        .product(name: "IsocutGraph", package: "isocut"),
        .product(name: "IsocutSolver", package: "isocut"),
        .product(name: "IsocutSearch", package: "isocut"),
      ],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
