import IsocutReport
import Testing

@Suite struct TerminalTests {
  @Test("auto colours a terminal only, and not where NO_COLOR or TERM=dumb says no")
  func colorChoice() {
    let terminal = ["TERM": "xterm"]
    #expect(ColorChoice.auto.allowsColor(environment: terminal, isTerminal: true))
    #expect(ColorChoice.auto.allowsColor(environment: [:], isTerminal: true))
    #expect(!ColorChoice.auto.allowsColor(environment: terminal, isTerminal: false))
    #expect(!ColorChoice.auto.allowsColor(environment: ["NO_COLOR": "1"], isTerminal: true))
    #expect(ColorChoice.auto.allowsColor(environment: ["NO_COLOR": ""], isTerminal: true))
    #expect(!ColorChoice.auto.allowsColor(environment: ["TERM": "dumb"], isTerminal: true))
  }

  @Test("a choice on the command line wins over the environment")
  func explicitChoice() {
    #expect(ColorChoice.always.allowsColor(environment: ["NO_COLOR": "1"], isTerminal: false))
    #expect(!ColorChoice.never.allowsColor(environment: ["TERM": "xterm"], isTerminal: true))
  }

  @Test(
    "progress shows time, count, activity and the best result",
    arguments: [
      (
        ProgressLine(
          activity: "measuring stage 1", done: 3, total: 8, elapsedSeconds: 12.9,
          best: "best 6.412 ms"), "12 s  3/8  measuring stage 1  best 6.412 ms"
      ),
      (ProgressLine(activity: "verify", done: 4, elapsedSeconds: 185), "3:05  4  verify"),
      (ProgressLine(activity: "bench", elapsedSeconds: 3723), "1:02:03  bench"),
      (ProgressLine(activity: "a\rb", elapsedSeconds: .infinity), "0 s  a\\u{d}b"),
    ])
  func progress(line: ProgressLine, text: String) {
    #expect(line.text() == text)
  }

  @Test("a progress line never exceeds the terminal's width", arguments: [0, 2, 3, 10, 79])
  func width(width: Int) {
    let line = ProgressLine(
      activity: String(repeating: "long ", count: 40), elapsedSeconds: 1)
    #expect(line.text(width: width).count <= width)
  }
}
