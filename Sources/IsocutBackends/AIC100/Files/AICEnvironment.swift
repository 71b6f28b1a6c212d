/// Where a figure was measured. The same configuration has given 6367 and 4378 inferences a second
/// under two SDK versions, so a figure without this says little.
package struct AICEnvironment: Hashable, Sendable, Codable {
  /// What `qaic-version-util` prints, or nil where it is not there.
  package var sdk: String?
  package var sku: String?
  package var qid: Int?
  package var nsps: Int?
  /// Before the run.
  package var freeNSPs: Int?
  /// Degrees Celsius before the run, where the tool prints it.
  package var temperature: Double?

  package init(sdk: String?, device: AICDevice?) {
    self.sdk = sdk
    sku = device?.sku
    qid = device?.qid
    nsps = device?.totalNSPs
    freeNSPs = device?.freeNSPs
    temperature = device?.temperature
  }

  /// One line a fact; what is not known says so.
  package var lines: [String] {
    func shown(_ value: (some CustomStringConvertible)?) -> String {
      let text = value?.description ?? "unknown"
      return text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
    return [
      "SDK: " + shown(sdk),
      "SKU: " + shown(sku) + ", device (QID): " + shown(qid) + ", NSPs: " + shown(nsps)
        + (freeNSPs.map { " (\($0) free before the run)" } ?? ""),
      "SoC temperature before the run: " + shown(temperature)
        + (temperature == nil ? "" : " degrees C"),
    ]
  }
}
