import Crypto
import Foundation
public import IsocutGraph

/// A folder with `plan.json` and one model file a stage, read and checked.
public struct PlanBundle: Sendable {
  public let folder: String
  public let plan: Plan

  /// Opens a bundle: the plan is read, names of files may not leave the folder, and each file of a
  /// stage has the hash the plan names.
  ///
  /// - Throws: `IsocutError` `.missingInput` where the folder or a file is missing, `.badData` where
  ///   the plan or a stage file is not what it should be.
  public init(opening folder: String) throws {
    self.folder = folder
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else {
      throw IsocutError(.missingInput, "there is no bundle at \(folder)")
    }
    guard isFolder.boolValue else {
      throw IsocutError(
        .badData, "\(folder) is a file; give the folder that isocut partition wrote")
    }
    let path = folder + "/" + PlanFile.name
    guard FileManager.default.fileExists(atPath: path) else {
      throw IsocutError(
        .badData,
        "\(folder) is no bundle: it has no \(PlanFile.name); make one with isocut partition")
    }
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw IsocutError(.missingInput, "cannot read \(path)", cause: error)
    }
    plan = try PlanFile.decode(data, path: path)
    guard !plan.stages.isEmpty else { throw IsocutError(.badData, "\(path) has no stages") }
    for stage in plan.stages { try check(stage) }
  }

  public func path(of stage: Plan.Stage) -> String { folder + "/" + stage.file }

  private func check(_ stage: Plan.Stage) throws {
    guard stage.device.lanes > 0, stage.device.mos > 0, !stage.operatorIds.isEmpty else {
      throw IsocutError(.badData, "stage \(stage.index) of \(folder) has no lane or no operator")
    }
    try check(stage.file, sha256: stage.sha256, of: stage)
    if let weights = stage.weightsFile {
      try check(weights, sha256: stage.weightsSha256 ?? "", of: stage)
    }
  }

  private func check(_ file: String, sha256: String, of stage: Plan.Stage) throws {
    guard !file.isEmpty, !file.contains("/"), !file.hasPrefix(".") else {
      throw IsocutError(
        .badData,
        "stage \(stage.index) of \(folder) names the file \(file), which leaves the folder")
    }
    let path = folder + "/" + file
    guard FileManager.default.fileExists(atPath: path) else {
      throw IsocutError(.missingInput, "stage file \(path) is missing; make the bundle again")
    }
    guard try FileHash.sha256(ofFile: path) == sha256 else {
      throw IsocutError(
        .badData, "stage file \(path) is not the one the plan was made with; make the bundle again")
    }
  }
}
