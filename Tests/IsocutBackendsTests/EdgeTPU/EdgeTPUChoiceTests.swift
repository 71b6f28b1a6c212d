import IsocutBackends
import IsocutGraph
import Testing

@Suite("Which Edge TPUs run and measure") struct EdgeTPUChoiceTests {
  private static let attached = ["usb", "pci", "pci", "pci"].enumerated().map {
    Device(id: "edgetpu:\($0)", kind: "edgetpu-\($1)", cpus: [], mos: 1, lanes: 1)
  }

  @Test("no two segments get the same, and none gets one that is attached but not allowed")
  func distinct() throws {
    for (settings, count) in [
      (EdgeTPUSettings(deviceType: .any), 2...8),
      (EdgeTPUSettings(devices: [2, 3]), 2...8),
      (EdgeTPUSettings(devices: [1]), 2...4),
    ] {
      for segments in count {
        let choice = try EdgeTPUChoice(
          from: Self.attached, settings, segments: segments, measuring: 1)
        #expect(Set(choice.segments.map(\.id)).count == segments)
        let allowed = settings.devices.map { numbers in numbers.map { "edgetpu:\($0)" } }
        let others = Set(Self.attached.map(\.id)).subtracting(allowed ?? Self.attached.map(\.id))
        #expect(others.isDisjoint(with: choice.segments.map(\.id)))
        #expect(choice.measuring.count == 1)
      }
    }
  }

  @Test("those not attached are of the kind that measures")
  func kinds() throws {
    let choice = try EdgeTPUChoice(
      from: Self.attached, EdgeTPUSettings(devices: [1]), segments: 3, measuring: 1)
    #expect(choice.segments.map(\.id) == ["edgetpu:1", "edgetpu:4", "edgetpu:5"])
    #expect(choice.segments.allSatisfy { $0.kind == "edgetpu-pci" })
  }
}
