internal import CSQLite

/// The gateway's data. `read` for lookups, `write` for everything that changes, `scan` for long reads.
///
/// Bodies are synchronous, and may run several times: they must not change anything outside their transaction, and take
/// time, ids and randomness as values. What they return is handed over once it is on disk.
public final class Database: Sendable {
    private let writer: SQLiteWriter
    private let readers: ConnectionPool
    private let scanners: SQLiteScanners
    private let counters: Counters
    private let limits: DatabaseLimits

    /// Opens the SQLite file at `path`, made if it is not there, and brings its schema to where `migrations` ends.
    ///
    /// Blocks; called once at start. Throws `DatabaseError` (`.busy`: another process has it open) or `MigrationError`.
    public convenience init(path: String, migrations: MigrationPlan, limits: DatabaseLimits = DatabaseLimits()) throws {
        try self.init(path: path, migrations: migrations, limits: limits, vfs: nil)
    }

    /// As above, upon the file system layer that is registered with SQLite as `vfs`: for tests that inject faults.
    package init(path: String, migrations: MigrationPlan, limits: DatabaseLimits, vfs: String?) throws {
        self.limits = limits
        counters = Counters()
        let file = try DatabaseFile(path: path)
        let writing = try SQLiteConnection.writing(path: path, limits: limits, vfs: vfs)
        try SQLiteMigrator(connection: writing).bringForward(to: migrations)
        var reading: [SQLiteConnection] = []
        for _ in 0..<limits.readerCount + limits.scannerCount {
            reading.append(try SQLiteConnection.reading(path: path, limits: limits, vfs: vfs))
        }
        let scanning = Array(reading.suffix(limits.scannerCount))
        readers = ConnectionPool(Array(reading.prefix(limits.readerCount)), maximumWaiters: limits.waitingCount)
        scanners = try SQLiteScanners(connections: scanning, limits: limits)
        writer = try SQLiteWriter(connection: writing, file: file, limits: limits, counters: counters)
    }

    /// Looks something up in a consistent view of what is committed.
    ///
    /// Runs on the caller's thread, so it must be a bounded lookup by an index: a few rows, microseconds. After 50 ms
    /// it is stopped with `.timeLimit`. Throws what `body` throws, or `DatabaseError`.
    public func read<R: Sendable>(
        _ body: @Sendable (borrowing ReadTransaction) throws -> R
    ) async throws -> R {
        let connection = try await readers.borrow()
        defer { readers.giveBack(connection) }
        return try connection.snapshot(milliseconds: limits.readMilliseconds, body)
    }

    /// Reads at length, on a thread of the database's own: reports, sums over tables, exports. Stopped after 30 s.
    public func scan<R: Sendable>(
        _ body: @escaping @Sendable (borrowing ReadTransaction) throws -> R
    ) async throws -> R {
        let milliseconds = limits.scanMilliseconds
        return try await withCheckedThrowingContinuation { continuation in
            let refusal = scanners.append { connection in
                continuation.resume(with: Result { try connection.snapshot(milliseconds: milliseconds, body) })
            }
            if let refusal { continuation.resume(throwing: refusal) }
        }
    }

    /// Changes something, and returns once it is committed and on disk.
    ///
    /// `body` runs on the writer's thread, in one transaction with others, each independent of the others' failures. It
    /// may run several times, and everything it did is undone if it throws. A queued write always runs: cancelling the
    /// caller's task does not withdraw it, and the call still returns its outcome. Throws what `body` throws, or
    /// `DatabaseError`; after `.inputOutput` the outcome is unknown until looked up.
    @discardableResult
    public func write<R: Sendable>(
        _ body: @escaping @Sendable (borrowing WriteTransaction) throws -> R
    ) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            writer.append(
                WriteJob(
                    attempt: { transaction in
                        let value = try body(transaction)
                        return { continuation.resume(returning: value) }
                    },
                    fail: { continuation.resume(throwing: $0) }))
        }
    }

    /// Refuses further calls with `.closed`, lets those that are queued finish, and returns once the file is closed.
    public func close() async {
        scanners.refuseFurther()
        await readers.close()
        await scanners.join()
        writer.refuseFurther()
        await writer.join()
    }

    /// What the database has done since it was opened.
    public var statistics: DatabaseStatistics {
        var statistics = counters.snapshot
        statistics.waitingWrites = writer.waitingCount
        return statistics
    }

    /// Reads the whole file and returns what is wrong with it; empty if nothing is. Takes as long as reading the file.
    public func integrityCheck() async throws -> [String] {
        try await withCheckedThrowingContinuation { continuation in
            let refusal = scanners.append { connection in
                continuation.resume(with: Result { try connection.integrityReport() })
            }
            if let refusal { continuation.resume(throwing: refusal) }
        }
    }
}
