/// One run of `qaic-runner` on a compiled program.
package struct RunCommand: Hashable, Sendable {
  package enum Length: Hashable, Sendable {
    case iterations(Int)
    case seconds(Int)
  }

  /// What is recorded besides the rate. Device statistics and traces slow the program down (one
  /// published program fell from 2313 to 1924 inferences a second), so nothing else is measured in
  /// a run that records them.
  package enum Recording: String, Hashable, Sendable {
    case latency, stats, trace
  }

  /// The tool's path.
  package var executable: String
  /// The folder that holds `programqpc.bin`.
  package var programFolder: String
  /// The device (QID).
  package var device: Int
  package var instances: Int
  /// Inferences queued for each instance (`-S`).
  package var setSize: Int
  package var length: Length
  /// Raw input files; without any the tool takes the program's own or random inputs.
  package var inputFiles: [String]
  package var recordings: [Recording]
  /// An existing folder for what is recorded.
  package var recordingFolder: String?
  /// Inferences recorded per instance.
  package var recordedSamples: Int

  package init(
    executable: String, programFolder: String, device: Int, instances: Int, setSize: Int,
    length: Length, inputFiles: [String] = [], recordings: [Recording] = [],
    recordingFolder: String? = nil, recordedSamples: Int = 1000
  ) {
    self.executable = executable
    self.programFolder = programFolder
    self.device = device
    self.instances = instances
    self.setSize = setSize
    self.length = length
    self.inputFiles = inputFiles
    self.recordings = recordings
    self.recordingFolder = recordingFolder
    self.recordedSamples = recordedSamples
  }

  /// The tool and its options, as a process gets them.
  package var words: [String] {
    var words = [executable, "-t", programFolder, "-d", String(device)]
    words += ["-a", String(instances), "-S", String(setSize)]
    switch length {
    case .iterations(let count): words += ["-n", String(count)]
    case .seconds(let seconds): words += ["--time", String(seconds)]
    }
    for file in inputFiles { words += ["-i", file] }
    for recording in recordings { words += ["--aic-profiling-type", recording.rawValue] }
    if !recordings.isEmpty {
      if let recordingFolder { words += ["--aic-profiling-out-dir", recordingFolder] }
      words += ["--aic-profiling-num-samples", String(recordedSamples)]
    }
    return words
  }
}
