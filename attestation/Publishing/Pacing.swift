import Primitives

/// A steady clock to wait by. The product's own is `SteadyPacing`; tests bring one that they move by hand.
public protocol Pacing: Sendable {
    /// Nanoseconds from some fixed moment; never goes back.
    func now() -> UInt64
    /// Returns at `moment` or soon after; at once if it has passed.
    func wait(until moment: UInt64) async
}

/// The machine's monotonic clock.
public struct SteadyPacing: Pacing {
    /// The clock.
    public init() {}

    /// Nanoseconds since the machine started.
    public func now() -> UInt64 { Monotonic.nanoseconds() }

    /// Suspends the task; returns early only if it is cancelled.
    public func wait(until moment: UInt64) async {
        let now = Monotonic.nanoseconds()
        guard moment > now else { return }
        try? await Task.sleep(for: .nanoseconds(Int64(clamping: moment - now)))
    }
}
