/// The engine over one file: one writer that commits in groups, readers on their callers' threads.
final class SQLiteStore: Sendable {
    private let writer: SQLiteWriter
    private let readers: ConnectionPool
    private let scanners: SQLiteScanners
    private let counters: Counters
    private let limits: DatabaseLimits

    /// Opens the file at `path`, upon the file system layer that is registered with SQLite as `vfs`, if one is named.
    init(path: String, migrations: MigrationPlan, limits: DatabaseLimits, vfs: String?) throws {
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

    /// A lookup, on the caller's thread.
    func read<R: Sendable>(_ body: @Sendable (borrowing ReadTransaction) throws -> R) async throws -> R {
        let connection = try await readers.borrow()
        defer { readers.giveBack(connection) }
        return try connection.snapshot(milliseconds: limits.readMilliseconds, body)
    }

    /// A long read, on a thread of its own.
    func scan<R: Sendable>(_ body: @escaping @Sendable (borrowing ReadTransaction) throws -> R) async throws -> R {
        let milliseconds = limits.scanMilliseconds
        return try await scanning { try $0.snapshot(milliseconds: milliseconds, body) }
    }

    /// What is wrong with the file.
    func integrityCheck() async throws -> [String] {
        try await scanning { try $0.integrityReport() }
    }

    private func scanning<R: Sendable>(_ body: @escaping @Sendable (SQLiteConnection) throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            let refusal = scanners.append { connection in
                continuation.resume(with: Result { try body(connection) })
            }
            if let refusal { continuation.resume(throwing: refusal) }
        }
    }

    /// A change, on the writer's thread.
    func write(_ job: WriteJob) {
        writer.append(job)
    }

    /// Refuses further calls and returns once those that are queued are done and the file is closed.
    func close() async {
        scanners.refuseFurther()
        await readers.close()
        await scanners.join()
        writer.refuseFurther()
        await writer.join()
    }

    /// What was done since the file was opened.
    var statistics: DatabaseStatistics {
        var statistics = counters.snapshot
        statistics.waitingWrites = writer.waitingCount
        return statistics
    }
}
