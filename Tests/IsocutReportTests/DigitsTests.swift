import Testing

@testable import IsocutReport

@Suite struct DigitsTests {
  @Test(
    "numbers show four significant digits",
    arguments: [
      (12.345678, "12.35"), (0.012345678, "0.01235"), (9.99996, "10.00"), (999.96, "1000"),
      (123456.7, "123457"), (1, "1.000"), (-2.5, "-2.500"), (0.0001, "0.0001000"),
      (0.00001234567, "1.235e-05"), (0, "0"),
    ])
  func rounding(value: Double, text: String) {
    #expect(fourDigits(value) == text)
  }

  @Test("numbers that are not finite are named")
  func notFinite() {
    #expect(fourDigits(.nan) == "nan")
    #expect(fourDigits(.infinity) == "inf")
    #expect(fourDigits(-.infinity) == "-inf")
  }

  @Test("control characters of a name cannot steer the terminal or break a line")
  func control() {
    #expect(printable("a\u{1B}[31mb\nc") == "a\\u{1b}[31mb\\u{a}c")
    #expect(printable("a\u{202E}b") == "a\\u{202e}b")
    #expect(printable("größe/重み") == "größe/重み")
  }
}
