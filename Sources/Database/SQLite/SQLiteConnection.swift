internal import CSQLite

/// One connection to the file, with its statements. Used by one thread at a time.
///
/// It has no synchronisation of its own: `ConnectionPool` lends each connection to one borrower at a time and takes it
/// back under a lock; the connections of the writer and of the scanners are touched by their own thread alone.
final class SQLiteConnection: @unchecked Sendable {  // proof: one borrower or one thread at a time, as said above
    /// SQLite's object.
    let pointer: OpaquePointer
    /// Stops a body that runs too long.
    let timeLimit = TimeLimit()
    /// The statements of bodies.
    private(set) var cache: StatementCache
    /// Transaction control, apart from `cache`: there a body could find it by its text.
    private var controls: [String: SQLiteStatement] = [:]
    /// Set while a body runs inside a transaction: the error that ended the whole transaction under it.
    private(set) var lostTransaction: DatabaseError?
    private var expectsTransaction = false
    private var isClosed = false
    /// Once a process, before its first connection: statements run a tenth faster. Refused later, which does no harm.
    private static let memoryStatusIsOff = sealgate_sqlite_skip_memory_status() == SQLITE_OK

    /// Opens `path`. `flags` are SQLite's; the connection is made safe before anything is read.
    init(
        path: String, flags: CInt, vfs: String? = nil, statementCapacity: Int = StatementCache.defaultCapacity,
        busyMilliseconds: Int
    ) throws(DatabaseError) {
        _ = SQLiteConnection.memoryStatusIsOff
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(path, &opened, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, vfs)
        guard code == SQLITE_OK, let opened else {
            let error = DatabaseError(code: code, connection: opened)
            sqlite3_close_v2(opened)
            throw error
        }
        pointer = opened
        cache = StatementCache(capacity: statementCapacity)
        sqlite3_busy_timeout(opened, CInt(clamping: busyMilliseconds))
        timeLimit.install(on: opened)
        for (option, value) in Self.switches {
            guard sealgate_sqlite_set(opened, option, value) == SQLITE_OK else {
                throw .misuse("this SQLite lacks the switch \(option)")
            }
        }
        try script("pragma temp_store = memory; pragma cell_size_check = on; pragma foreign_keys = on")
    }

    /// Foreign keys hold; nothing in the file runs code of its own (a tampered file is data, not a program); the file
    /// cannot be damaged by SQL; a quoted name is a name, as on PostgreSQL.
    private static let switches: [(CInt, CInt)] = [
        (SQLITE_DBCONFIG_ENABLE_FKEY, 1), (SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0), (SQLITE_DBCONFIG_DEFENSIVE, 1),
        (SQLITE_DBCONFIG_DQS_DML, 0), (SQLITE_DBCONFIG_DQS_DDL, 0), (SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0),
    ]

    /// Closes the connection; nothing may be asked of it afterwards.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        cache.removeAll()
        controls.removeAll()
        sqlite3_close_v2(pointer)
    }

    deinit {
        close()
    }

    /// Whether no transaction is open.
    var isAutocommit: Bool { sqlite3_get_autocommit(pointer) != 0 }

    /// Runs trusted text of any number of statements, without parameters.
    func script(_ sql: String) throws(DatabaseError) {
        let code = sqlite3_exec(pointer, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw DatabaseError(code: code, connection: pointer) }
    }

    /// Runs transaction control: one statement without parameters, one of the few texts written in this module.
    func control(_ sql: String) throws(DatabaseError) {
        let statement: SQLiteStatement
        if let known = controls[sql] {
            statement = known
        } else {
            statement = try SQLiteStatement(sql, on: pointer, isTrusted: true)
            controls[sql] = statement
        }
        let code = sqlite3_step(statement.pointer)
        sqlite3_reset(statement.pointer)
        guard code == SQLITE_DONE else { throw DatabaseError(code: code, connection: pointer) }
    }

    /// Runs `body` as part of the open transaction. If an error ends that transaction under the body, further
    /// statements are refused: they would commit by themselves.
    func withinTransaction<R>(_ body: () throws -> R) rethrows -> R {
        expectsTransaction = true
        lostTransaction = nil
        defer { expectsTransaction = false }
        return try body()
    }

    /// Every row of trusted text, mapped: for what bodies may not run.
    func trusted<R>(_ sql: String, _ map: (borrowing Row) throws -> R) throws -> [R] {
        let statement = try SQLiteStatement(sql, on: pointer, isTrusted: true)
        var mapped: [R] = []
        while try step(statement) {
            mapped.append(try map(Row(statement: statement.pointer)))
        }
        return mapped
    }

    private func run<R>(_ sql: String, _ parameters: [SQLValue], _ body: (SQLiteStatement) throws -> R) throws -> R {
        if let lostTransaction { throw lostTransaction }
        let pointer = pointer
        let statement = try cache.statement(for: sql) { sql throws(DatabaseError) in
            try SQLiteStatement(sql, on: pointer)
        }
        statement.isRunning = true
        defer {
            sqlite3_reset(statement.pointer)
            sqlite3_clear_bindings(statement.pointer)
            statement.isRunning = false
        }
        try statement.bind(parameters)
        return try body(statement)
    }

    /// Steps once; whether there is a row.
    private func step(_ statement: SQLiteStatement) throws(DatabaseError) -> Bool {
        let code = sqlite3_step(statement.pointer)
        if code == SQLITE_ROW { return true }
        if code == SQLITE_DONE { return false }
        let error = DatabaseError(code: code, connection: pointer)
        if expectsTransaction, isAutocommit { lostTransaction = error }
        throw error
    }

    /// Every row, mapped.
    func rows<R>(_ sql: String, _ parameters: [SQLValue], _ map: (borrowing Row) throws -> R) throws -> [R] {
        try run(sql, parameters) { statement in
            var mapped: [R] = []
            while try step(statement) {
                mapped.append(try map(Row(statement: statement.pointer)))
            }
            return mapped
        }
    }

    /// The first row, mapped. A statement that writes is run to its end.
    func first<R>(_ sql: String, _ parameters: [SQLValue], _ map: (borrowing Row) throws -> R) throws -> R? {
        try run(sql, parameters) { statement in
            guard try step(statement) else { return nil }
            let mapped = try map(Row(statement: statement.pointer))
            if !statement.isReadOnly {
                while try step(statement) {}
            }
            return mapped
        }
    }

    /// Runs a statement and returns how many rows it changed.
    func execute(_ sql: String, _ parameters: [SQLValue]) throws -> Int {
        try run(sql, parameters) { statement in
            while try step(statement) {}
            return statement.isReadOnly ? 0 : Int(sqlite3_changes64(pointer))
        }
    }

    /// Whether a reference checked at the end of the transaction is still open.
    var hasOpenReferences: Bool {
        var current: CInt = 0
        var highest: CInt = 0
        sqlite3_db_status(pointer, SQLITE_DBSTATUS_DEFERRED_FKS, &current, &highest, 0)
        return current != 0
    }
}
