import Synchronization

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
