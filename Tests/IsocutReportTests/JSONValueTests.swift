import Foundation
import IsocutReport
import Testing

@Suite struct JSONValueTests {
  @Test("objects keep their order and write nulls")
  func order() {
    let value: JSONValue = [
      "zeta": 1, "alpha": nil, "list": [1, 2.5, "three"], "empty": [], "none": [:],
      "nested": [["x": true]],
    ]
    #expect(
      value.text == """
        {
          "zeta": 1,
          "alpha": null,
          "list": [1, 2.5, "three"],
          "empty": [],
          "none": {},
          "nested": [
            {
              "x": true
            }
          ]
        }
        """)
  }

  @Test(
    "numbers read back as the same value",
    arguments: [
      0.1, 1.0 / 3, 1e-7, 6.02214076e23, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
      123_456_789.123,
    ])
  func fullPrecision(number: Double) throws {
    let text = JSONValue.array([.number(number)]).text
    let read = try JSONDecoder().decode([Double].self, from: Data(text.utf8))
    #expect(read == [number])
  }

  @Test("a number that JSON does not have is null", arguments: [Double.nan, .infinity, -.infinity])
  func notFinite(number: Double) {
    #expect(JSONValue.number(number).text == "null")
  }

  @Test("any text survives a strict parser")
  func strings() throws {
    let text = "quote \" slash \\ / tab \t line \n \r \u{0} \u{1F} \u{7F} \u{2028} é 重み 🙂"
    let read = try JSONDecoder().decode(
      [String].self, from: Data(JSONValue.array([.string(text)]).text.utf8))
    #expect(read == [text])
  }

  @Test("members are found by key")
  func members() {
    let value: JSONValue = ["a": 1, "b": nil]
    #expect(value["a"] == .integer(1))
    #expect(value["b"] == .null)
    #expect(value["c"] == nil)
    #expect(JSONValue.null["a"] == nil)
  }
}
