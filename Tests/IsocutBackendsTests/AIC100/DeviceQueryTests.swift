import IsocutGraph
import Testing

@testable import IsocutBackends

@Suite struct DeviceQueryTests {
  /// In the layout that the open `qaic-util` prints: no blank after the colon.
  static let ready = device(qid: 0, total: 14, free: 14)

  static func device(qid: Int, total: Int, free: Int) -> String {
    """
    QID \(qid)
    \tStatus:Ready
    \tPCI Address:0000:3d:00.0
    \tPCI Info:Processing accelerators Qualcomm AIC100
    \tDev Link:/dev/accel/accel\(qid)
    \tDram Total:15744 MB
    \tNsp Total:\(total)
    \tNsp Free:\(free)
    \tNSP Frequency(Mhz):1450.00
    \tSku Type:PCIe
    \tBoard serial:R10ABC
    \tSoC temperature(degree C):43.25

    """
  }

  @Test func aReadyDeviceIsRead() throws {
    let device = try #require(DeviceQuery(parsing: Self.ready).devices.first)
    #expect(device.qid == 0)
    #expect(device.state == .ready)
    #expect(device.totalNSPs == 14)
    #expect(device.freeNSPs == 14)
    #expect(device.sku == "PCIe")
    #expect(device.temperature == 43.25)
    #expect(device.fields["PCI Address"] == "0000:3d:00.0")
  }

  @Test func theReadyDeviceWithTheMostFreeCoresIsTaken() throws {
    let query = DeviceQuery(
      parsing: "QID 0\n\tStatus:Error\n" + Self.device(qid: 1, total: 16, free: 4)
        + Self.device(qid: 2, total: 16, free: 16) + Self.device(qid: 3, total: 16, free: 16))
    #expect(query.devices.map(\.qid) == [0, 1, 2, 3])
    #expect(try query.device(nil, cores: 8).qid == 2)
    #expect(try query.device(1, cores: 4).qid == 1)
  }

  @Test(
    arguments: [
      ("", nil, 4, IsocutError.Code.unavailable, "qaic-util shows no Cloud AI 100 device"),
      ("QID 0\n\tStatus:Error\n", nil, 4, .unavailable, "add it to the group qaic"),
      ("QID 0\n\tStatus:Initializing\n", 0, 4, .unavailable, "still starting"),
      ("QID 0\n\tStatus:Flashing\n", 0, 4, .unavailable, "in state Flashing, not Ready"),
      ("QID 0\n", 0, 4, .unavailable, "in state unknown, not Ready"),
      (ready, 7, 4, .unavailable, "there is no device 7; qaic-util shows 0"),
      (ready, 0, 16, .infeasible, "16 cores are asked for, device 0 has 14 NSPs"),
      (device(qid: 0, total: 14, free: 3), 0, 4, .unavailable, "has 3 free NSPs"),
    ] as [(String, Int?, Int, IsocutError.Code, String)])
  func eachStateThatCannotRunIsExplained(
    text: String, qid: Int?, cores: Int, code: IsocutError.Code, message: String
  ) {
    let error = #expect(throws: IsocutError.self) {
      try DeviceQuery(parsing: text).device(qid, cores: cores)
    }
    #expect(error?.code == code)
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
  }
}
