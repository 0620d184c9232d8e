internal import Synchronization

/// Counts behind `DatabaseStatistics`, written by the database's threads and read by any.
final class Counters: Sendable {
    private let statistics = Mutex(DatabaseStatistics())

    /// The counts now.
    var snapshot: DatabaseStatistics { statistics.withLock { $0 } }

    /// Raises one count.
    func add(_ count: WritableKeyPath<DatabaseStatistics, Int>, _ amount: Int) {
        statistics.withLock { $0[keyPath: count] += amount }
    }

    /// Notes a commit of `bodies`.
    func commit(bodies: Int) {
        statistics.withLock {
            $0.commits += 1
            $0.bodies += bodies
            $0.largestBatch = max($0.largestBatch, bodies)
        }
    }

    /// Notes the length of the log.
    func log(pages: Int) {
        statistics.withLock { $0.logPages = pages }
    }
}
