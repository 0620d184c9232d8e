import Synchronization

/// A count that only grows. Safe from any thread, without a lock.
public final class Counter: Sendable {
    private let state = Atomic<Int64>(0)

    /// A counter at nought.
    public init() {}

    /// Adds to the count.
    public func add(_ amount: Int64 = 1) {
        state.add(amount, ordering: .relaxed)
    }

    /// The count.
    public var value: Int64 {
        state.load(ordering: .relaxed)
    }
}
