import Synchronization

/// Counts on a server's threads, read by a test.
final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    var value: Int { count.load(ordering: .acquiring) }

    /// Counts one more and returns the value before.
    @discardableResult
    func add() -> Int {
        count.wrappingAdd(1, ordering: .acquiringAndReleasing).oldValue
    }
}
