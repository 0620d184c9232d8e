internal import CSQLite

extension SQLiteConnection {
    /// Marks our files, "SEAL": a file of another program is not written to.
    private static let applicationID: Int64 = 0x5345_414C

    /// The connection that may write.
    ///
    /// `synchronous = full` makes COMMIT wait for the disk, the log's every time. `secure_delete` overwrites what is
    /// deleted: provider keys and sessions must not linger in free pages. Throws `.corrupt` if the file is another
    /// program's.
    static func writing(path: String, limits: DatabaseLimits, vfs: String?) throws -> SQLiteConnection {
        let connection = try SQLiteConnection(
            path: path, flags: SQLITE_OPEN_READWRITE, vfs: vfs, statementCapacity: limits.statementCount,
            busyMilliseconds: limits.busyMilliseconds)
        try connection.claim()
        let mode = try connection.trusted("pragma journal_mode = wal") { try $0.text(0) }
        guard mode == ["wal"] else { throw DatabaseError.misuse("the file system cannot hold a write-ahead log") }
        // Left at its full length after a burst, the log would keep old pages on disk for no use.
        let logBytes = limits.restartPages * 4_096
        try connection.script(
            "pragma synchronous = full; pragma secure_delete = on; pragma journal_size_limit = \(logBytes)")
        return connection
    }

    private func claim() throws {
        let mark = try trusted("pragma application_id") { try $0.integer(0) }.first
        if mark == Self.applicationID { return }
        let tables = try trusted("select count(*) from sqlite_schema") { try $0.integer(0) }.first
        guard mark == 0, tables == 0 else { throw DatabaseError.corrupt }
        try script("pragma application_id = \(Self.applicationID)")
    }

    /// A connection that cannot write. The file must be in log mode already.
    static func reading(path: String, limits: DatabaseLimits, vfs: String?) throws(DatabaseError) -> SQLiteConnection {
        let connection = try SQLiteConnection(
            path: path, flags: SQLITE_OPEN_READONLY, vfs: vfs, statementCapacity: limits.statementCount,
            busyMilliseconds: limits.readMilliseconds)
        try connection.script("pragma query_only = on")
        return connection
    }
}
