import Synchronization

/// Counts from several tasks.
final class Counter: Sendable {
    private let value = Atomic<Int>(0)

    /// One more, and how many that makes.
    func next() -> Int {
        value.add(1, ordering: .sequentiallyConsistent).newValue
    }

    /// How many so far.
    var count: Int { value.load(ordering: .sequentiallyConsistent) }
}
