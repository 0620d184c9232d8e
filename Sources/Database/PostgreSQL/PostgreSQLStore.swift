internal import Primitives

/// The engine over a PostgreSQL server that several nodes share.
///
/// Nothing runs on the caller's thread. Reads, scans and writes have threads and connections of their own, so that a
/// wallet that everybody wants to write, or a long report, holds up no lookup.
final class PostgreSQLStore: Sendable {
    private let readers: PostgreSQLPool
    private let scanners: PostgreSQLPool
    private let writers: PostgreSQLPool
    private let counters = Counters()

    /// Connects to `url` and brings the schema forward. Throws `DatabaseError` or `MigrationError`.
    init(url: String, migrations: MigrationPlan, limits: DatabaseLimits) throws {
        try PostgreSQLMigrator(url: url, limits: limits).bringForward(to: migrations)
        let outage = Outage()
        let counters = counters
        func pool(_ name: String, count: Int, milliseconds: Int) throws(DatabaseError) -> PostgreSQLPool {
            try PostgreSQLPool(
                name: name, count: count, capacity: limits.waitingCount, waitMilliseconds: limits.queueMilliseconds
            ) {
                PostgreSQLWorker(
                    url: url, limitMilliseconds: milliseconds, limits: limits, outage: outage, counters: counters,
                    random: SystemRandom())
            }
        }
        readers = try pool("pg-read", count: limits.readerCount, milliseconds: limits.readMilliseconds)
        scanners = try pool("pg-scan", count: limits.scannerCount, milliseconds: limits.scanMilliseconds)
        writers = try pool("pg-write", count: limits.writerCount, milliseconds: limits.writeMilliseconds)
    }

    /// A lookup.
    func read<R: Sendable>(_ body: @escaping @Sendable (borrowing ReadTransaction) throws -> R) async throws -> R {
        try await Self.view(on: readers, body)
    }

    /// A long read.
    func scan<R: Sendable>(_ body: @escaping @Sendable (borrowing ReadTransaction) throws -> R) async throws -> R {
        try await Self.view(on: scanners, body)
    }

    private static func view<R: Sendable>(
        on pool: PostgreSQLPool, _ body: @escaping @Sendable (borrowing ReadTransaction) throws -> R
    ) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            pool.append(
                PostgreSQLPool.Job(
                    run: { worker in
                        continuation.resume(with: worker.read(body))
                        worker.rest()
                    }, fail: { continuation.resume(throwing: $0) }))
        }
    }

    /// A change.
    func write(_ job: WriteJob) {
        writers.append(PostgreSQLPool.Job(run: { $0.write(job) }, fail: job.fail))
    }

    /// Refuses further calls and returns once those that are queued are done.
    func close() async {
        for pool in [readers, scanners, writers] { pool.refuseFurther() }
        for pool in [readers, scanners, writers] { await pool.join() }
    }

    /// What was done since the start.
    var statistics: DatabaseStatistics {
        var statistics = counters.snapshot
        statistics.waitingWrites = writers.waitingCount
        return statistics
    }
}
