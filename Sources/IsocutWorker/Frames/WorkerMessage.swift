package import Foundation

/// A request or an answer as it was received.
package struct WorkerMessage: Hashable, Sendable {
  package var kind: MessageKind
  /// The verb's number.
  package var verb: UInt16
  package var id: UInt64
  /// JSON.
  package var head: Data
  package var blobs: [Data]

  package init(
    kind: MessageKind, verb: UInt16, id: UInt64, head: Data = Data(), blobs: [Data] = []
  ) {
    self.kind = kind
    self.verb = verb
    self.id = id
    self.head = head
    self.blobs = blobs
  }

  /// The head as a value.
  ///
  /// - Throws: `DecodingError` where it is another one.
  package func head<Head: Decodable>(as type: Head.Type) throws -> Head {
    try WorkerCoding.decode(type, from: head)
  }
}

/// Bytes that travel beside a message's head.
package enum WorkerBlob: Hashable, Sendable {
  case bytes(Data)
  /// A whole file; it is read while it is sent and must not change meanwhile.
  case file(path: String)
}

/// JSON as the protocol writes it: numbers that JSON lacks are spelled out.
package enum WorkerCoding {
  package static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return encoder
  }

  package static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }

  package static func encode(_ value: some Encodable) throws -> Data {
    try encoder.encode(value)
  }

  package static func decode<Value: Decodable>(_: Value.Type, from data: Data) throws -> Value {
    try decoder.decode(Value.self, from: data)
  }
}
