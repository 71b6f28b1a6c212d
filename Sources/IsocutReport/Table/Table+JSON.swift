extension Table {
  /// One object a row, each with every key.
  package var json: JSONValue {
    .array(
      rows.map { row in
        .object(zip(columns, row.cells).map { .init(key: $0.key, value: $1.json) })
      })
  }
}
