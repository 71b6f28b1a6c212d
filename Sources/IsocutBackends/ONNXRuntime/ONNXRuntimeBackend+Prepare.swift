import IsocutGraph

extension ONNXRuntimeBackend {
  public func prepare(_ request: PrepareRequest, in folder: String) throws -> PreparedModel {
    throw IsocutError(.internalError, "not yet")
  }

  public func firstCosts(
    _ model: PreparedModel, _ options: RunOptions, inputs: InputPlan
  ) throws -> FirstCosts? {
    nil
  }
}
