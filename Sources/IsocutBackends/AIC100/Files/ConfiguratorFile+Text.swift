extension ConfiguratorFile {
  /// The file, in the layout of the vendor's samples, with a final newline.
  package var text: String {
    let isOlder = dialect == .older
    var members: [String] = []
    if isOlder {
      members.append("  \"max_func_eval\": \(maxEvaluations)")
      members.append(
        "  \"objective\": \"\(objective == .latency ? "minimize_latency" : "maximize_inf_rate")\"")
    } else {
      members.append("  \"search-mode\": \"optimized\"")
      members.append(
        "  \"objective\": \"\(objective == .latency ? "min-latency" : "max-throughput")\"")
      if maxEvaluations != 200 { members.append("  \"max_func_eval\": \(maxEvaluations)") }
    }
    let searched = Parameter.allCases.compactMap { parameter in
      ranges[parameter].map { range in
        "    \"\(name(of: parameter))\": "
          + "{ \"min\": \(range.lowerBound), \"max\": \(range.upperBound) }"
      }
    }
    members.append("  \"\(isOlder ? "params" : "search-parameters")\": " + object(searched, "  "))
    if !fixed.isEmpty {
      members.append("  \"static_params\": " + object(lines(of: fixed, "    "), "  "))
    }
    let points = starts.map { "    " + object(lines(of: $0, "      "), "    ") }
    members.append(
      "  \"\(isOlder ? "initial_values" : "initial-values")\": [\n"
        + points.joined(separator: ",\n") + "\n  ]")
    return "{\n" + members.joined(separator: ",\n") + "\n}\n"
  }

  private func name(of parameter: Parameter) -> String {
    dialect == .older && parameter == .batchSize ? "bs" : parameter.rawValue
  }

  private func lines(of values: [Parameter: Int], _ indent: String) -> [String] {
    Parameter.allCases.compactMap { parameter in
      values[parameter].map { "\(indent)\"\(name(of: parameter))\": \($0)" }
    }
  }

  private func object(_ lines: [String], _ indent: String) -> String {
    lines.isEmpty ? "{}" : "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
  }
}
