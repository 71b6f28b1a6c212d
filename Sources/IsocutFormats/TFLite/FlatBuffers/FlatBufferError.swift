/// Why bytes are no valid FlatBuffers structure, and at which byte of the file.
struct FlatBufferError: Error, Hashable, CustomStringConvertible {
  enum Problem: Hashable {
    case pastEnd, badVirtualTable, fieldPastTable, wrongIdentifier, tooLarge
    /// A field that the schema known here does not have, so that its content cannot be judged.
    case unknownField(table: String, id: Int)
    case unknownUnionMember(table: String, type: Int)
  }

  var problem: Problem
  var position: Int

  var description: String {
    switch problem {
    case .pastEnd: "what stands at byte \(position) reaches past the end"
    case .badVirtualTable: "the table at byte \(position) has no valid list of fields"
    case .fieldPastTable: "a field of the table at byte \(position) lies outside of it"
    case .wrongIdentifier: "it does not carry the identifier TFL3"
    case .tooLarge:
      "its tables claim more than a file of this size can hold (at byte \(position))"
    case .unknownField(let table, let id):
      "the \(table) at byte \(position) has the field \(id), which is newer than this version of isocut"
    case .unknownUnionMember(let table, let type):
      "the \(table) at byte \(position) holds the kind \(type), which is newer than this version of isocut"
    }
  }
}
