/// Running sums of one stage while it grows and of what is closed to it.
///
/// `StageEnumerator` keeps a copy for each decision and goes back to it.
struct StageSums {
  /// Operator times on the stage's type.
  var time = 0.0
  var bytes = 0
  /// Nets that are cut by the stage as it is: one pin inside and one not.
  var cut = 0.0
  /// Nets that will be cut whatever else joins: a pin inside, and one before or closed.
  var settled = 0.0
  /// Nets with a pin inside the ideal (before or in the stage) and one not.
  var crossing = 0.0
  /// Nets with a pin inside the ideal and one closed: they cross whatever else joins.
  var settledCrossing = 0.0
  /// Largest lower bound by a measured part.
  var measuredLower = 0.0
  var takenWeight = SIMD4<Double>.zero
  /// Weight of what may still join.
  var openWeight = SIMD4<Double>.zero
  var takenCount = 0
  /// Times, on the stage's type, of what may still join.
  var openTime = 0.0
  /// Nets with no pin inside and one that may still join.
  var openNets = 0.0
  /// Bytes that what may still join needs at most.
  var openBytes = 0
  /// What the cheapest closed unit would add to the load at most, of those that make the absorption
  /// rule drop every stage with room for them.
  var leastClosedLoad = Double.infinity
}
