/// An object that the engine made, released with its last reference.
///
/// `@unchecked Sendable`: the pointer and what it keeps never change, and the release runs once, in
/// whichever thread drops the last reference. Which calls may run at the same time is the engine's
/// rule for each kind of object; sessions allow concurrent runs, bindings have one user at a time.
final class EngineObject: @unchecked Sendable {
  let pointer: OpaquePointer
  private let release: @convention(c) (OpaquePointer) -> Void
  /// What must live at least as long: the session of a binding, the memory of a value.
  private let kept: [AnyObject]

  init(
    _ pointer: OpaquePointer, release: @escaping @convention(c) (OpaquePointer) -> Void,
    keeping kept: [AnyObject] = []
  ) {
    self.pointer = pointer
    self.release = release
    self.kept = kept
  }

  deinit { release(pointer) }
}
