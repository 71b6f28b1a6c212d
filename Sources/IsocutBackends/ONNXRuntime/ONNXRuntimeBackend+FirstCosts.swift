internal import IsocutGraph

extension ONNXRuntimeBackend {
  public func firstCosts(
    _ model: PreparedModel, _ options: RunOptions, inputs: InputPlan
  ) throws -> FirstCosts? {
    nil
  }
}
