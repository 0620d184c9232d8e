/// Hears how long a loop was kept from polling.
public protocol LagObserver: Sendable {
    /// Called on the loop's thread after each turn that did something.
    ///
    /// - Parameters:
    ///   - loop: the loop's index in its group.
    ///   - nanoseconds: how long the turn's callbacks, timers and jobs took together; that long a descriptor that
    ///     became ready at the turn's start had to wait.
    func loopWasBusy(_ loop: Int, nanoseconds: UInt64)
}
