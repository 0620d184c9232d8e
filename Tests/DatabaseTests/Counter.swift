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

/// The operations whose writes have returned.
final class Acknowledgements: Sendable {
    private let operations = Mutex<Set<String>>([])

    /// Notes that `operation` was acknowledged.
    func note(_ operation: String) {
        _ = operations.withLock { $0.insert(operation) }
    }

    /// Those noted so far.
    var all: Set<String> { operations.withLock { $0 } }
}
