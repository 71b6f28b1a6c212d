/// The log of the vendor's `model_configurator.py`, as far as it tells what an optimised search
/// found.
package struct ConfiguratorLog: Hashable, Sendable {
  /// One table `Optimized search results`.
  package struct Search: Hashable, Sendable {
    /// `inf/sec`, or `micro-sec` where latency was searched for.
    package var unit: String
    package var rows: [Row] = []
  }

  /// What a search from one starting point found.
  package struct Row: Hashable, Sendable {
    /// `SUCCESS`, or why the optimiser stopped, such as `NUMERICAL_FAILURE`.
    package var status: String
    package var cores: Int
    package var mos: [Int]
    package var ols: Int
    package var batchSize: Int
    package var instances: Int
    /// Older versions do not search the set size.
    package var setSize: Int?
    package var objective: Double
  }

  package var searches: [Search] = []

  package init(parsing text: String) {
    var columns: [String] = []
    for line in text.split(whereSeparator: \.isNewline) {
      let words = Self.fields(line)
      if words.first == "OptimizerStatus", words.count > 2 {
        columns = words
        let unit = words.last.flatMap { $0.hasPrefix("(") ? $0.dropFirst().dropLast() : nil } ?? ""
        searches.append(Search(unit: String(unit)))
        // `Objective (unit)` is one column.
        if !unit.isEmpty { columns.removeLast() }
      } else if !columns.isEmpty, !searches.isEmpty {
        guard let row = Self.row(words, columns: columns) else {
          columns = []
          continue
        }
        searches[searches.count - 1].rows.append(row)
      }
    }
  }

  private static func row(_ words: [String], columns: [String]) -> Row? {
    // The first word is the row's number.
    guard words.count == columns.count + 1, Int(words[0]) != nil else { return nil }
    let cells = Dictionary(zip(columns, words.dropFirst())) { first, _ in first }
    func number(_ name: String) -> Int? { cells[name].flatMap { Int($0) } }
    guard let status = cells["OptimizerStatus"], let cores = number("cores"),
      let ols = number("ols"), let batchSize = number("batchSize"),
      let instances = number("instances"),
      let objective = cells["Objective"].flatMap({ Double($0) })
    else { return nil }
    let mos = cells["mos"].map(BracketedList.init(parsing:)) ?? BracketedList()
    return Row(
      status: status, cores: cores, mos: mos.numbers, ols: ols, batchSize: batchSize,
      instances: instances, setSize: number("setSize"), objective: objective)
  }

  /// Words, where brackets and parentheses keep blanks together.
  static func fields(_ line: Substring) -> [String] { BracketedList.words(of: line) }
}
