package import IsocutFormats
package import IsocutGraph

extension TFLiteFile: SourceModel {
  package var formatDescription: String {
    let origin = modelDescription.isEmpty ? "" : ", \(modelDescription)"
    let bodies = subgraphCount > 1 ? ", \(subgraphCount) subgraphs" : ""
    return "TFLite schema \(schemaVersion)\(bodies)\(origin)"
  }

  package var opsets: [String: Int] { [:] }

  package func graph() throws -> Graph { try TFLiteModel(file: self).graph }

  package func writeWhole(to path: String, shapes: [String: [Int]]) throws {
    try write(to: path, shapes: shapes)
  }
}
