/// The gateway's data. `read` for lookups, `write` for everything that changes, `scan` for long reads.
///
/// Bodies are synchronous, and may run several times: they must not change anything outside their transaction, and take
/// time, ids and randomness as values. What they return is handed over once it is on disk.
public final class Database: Sendable {
    private enum Store {
        case sqlite(SQLiteStore)
        case postgresql(PostgreSQLStore)
    }

    private let store: Store
    /// Which engine holds the data.
    public let engine: DatabaseEngine

    /// Opens the database at `location` and brings its schema to where `migrations` ends. A file is made if it is not
    /// there; a server's database must be.
    ///
    /// Blocks; called once at start. Throws `DatabaseError` (`.busy`: another process has the file open;
    /// `.unavailable`: the server does not answer, or lets nobody in) or `MigrationError`. `limits` are by default
    /// those that fit the engine.
    public convenience init(
        _ location: DatabaseLocation, migrations: MigrationPlan, limits: DatabaseLimits? = nil
    ) throws {
        switch location {
        case .file(let path):
            try self.init(path: path, migrations: migrations, limits: limits ?? DatabaseLimits())
        case .server(let url):
            self.init(
                .postgresql(try PostgreSQLStore(url: url, migrations: migrations, limits: limits ?? .server)),
                engine: .postgresql)
        }
    }

    /// Opens the SQLite file at `path`, as above.
    public convenience init(path: String, migrations: MigrationPlan, limits: DatabaseLimits = DatabaseLimits()) throws {
        try self.init(path: path, migrations: migrations, limits: limits, vfs: nil)
    }

    /// As above, upon the file system layer that is registered with SQLite as `vfs`: for tests that inject faults.
    package convenience init(
        path: String, migrations: MigrationPlan, limits: DatabaseLimits, vfs: String?
    ) throws {
        self.init(
            .sqlite(try SQLiteStore(path: path, migrations: migrations, limits: limits, vfs: vfs)), engine: .sqlite)
    }

    private init(_ store: Store, engine: DatabaseEngine) {
        self.store = store
        self.engine = engine
    }

    /// Looks something up in a consistent view of what is committed.
    ///
    /// On SQLite it runs on the caller's thread, so it must be a bounded lookup by an index: a few rows, microseconds.
    /// After `DatabaseLimits.readMilliseconds` it is stopped with `.timeLimit`. On PostgreSQL it runs on a thread of
    /// the database's own. Throws what `body` throws, or `DatabaseError`.
    public func read<R: Sendable>(
        _ body: @escaping @Sendable (borrowing ReadTransaction) throws -> R
    ) async throws -> R {
        switch store {
        case .sqlite(let store): try await store.read(body)
        case .postgresql(let store): try await store.read(body)
        }
    }

    /// Reads at length, on a thread of the database's own: reports, sums over tables, exports. Stopped after 30 s.
    public func scan<R: Sendable>(
        _ body: @escaping @Sendable (borrowing ReadTransaction) throws -> R
    ) async throws -> R {
        switch store {
        case .sqlite(let store): try await store.scan(body)
        case .postgresql(let store): try await store.scan(body)
        }
    }

    /// Changes something, and returns once it is committed and on disk.
    ///
    /// `body` runs on a thread of the database's own, independent of the failures of others. It may run several times,
    /// and everything it did is undone if it throws. On PostgreSQL bodies run beside one another: lock the wallet
    /// before reading what the change depends on. Cancelling the caller's task does not withdraw a queued write, and
    /// the call still returns its outcome. Throws what `body` throws, or `DatabaseError`; after `.inputOutput` the
    /// outcome is unknown until looked up.
    @discardableResult
    public func write<R: Sendable>(
        _ body: @escaping @Sendable (borrowing WriteTransaction) throws -> R
    ) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            let job = WriteJob(
                attempt: { transaction in
                    let value = try body(transaction)
                    return { continuation.resume(returning: value) }
                },
                fail: { continuation.resume(throwing: $0) })
            switch store {
            case .sqlite(let store): store.write(job)
            case .postgresql(let store): store.write(job)
            }
        }
    }

    /// Refuses further calls with `.closed`, lets those that are queued finish, and returns once the file or the
    /// connections are closed.
    public func close() async {
        switch store {
        case .sqlite(let store): await store.close()
        case .postgresql(let store): await store.close()
        }
    }

    /// What the database has done since it was opened.
    public var statistics: DatabaseStatistics {
        switch store {
        case .sqlite(let store): store.statistics
        case .postgresql(let store): store.statistics
        }
    }

    /// Reads the whole file and returns what is wrong with it; empty if nothing is. Takes as long as reading the file.
    /// Of a server's files nothing can be said from here: its own tools check them.
    public func integrityCheck() async throws -> [String] {
        switch store {
        case .sqlite(let store): try await store.integrityCheck()
        case .postgresql: []
        }
    }
}
