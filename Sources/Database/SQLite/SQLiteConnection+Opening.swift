internal import CSQLite

extension SQLiteConnection {
    /// The connection that may write.
    ///
    /// `synchronous = full` makes COMMIT wait for the disk, the log's every time. `secure_delete` overwrites what is
    /// deleted: provider keys and sessions must not linger in free pages.
    static func writing(path: String, limits: DatabaseLimits, vfs: String?) throws(DatabaseError) -> SQLiteConnection {
        let connection = try SQLiteConnection(
            path: path, flags: SQLITE_OPEN_READWRITE, vfs: vfs, statementCapacity: limits.statementCount,
            busyMilliseconds: CInt(clamping: limits.busyMilliseconds))
        try connection.script("pragma journal_mode = wal; pragma synchronous = full; pragma secure_delete = on")
        return connection
    }

    /// A connection that cannot write. The file must be in log mode already.
    static func reading(path: String, limits: DatabaseLimits, vfs: String?) throws(DatabaseError) -> SQLiteConnection {
        let connection = try SQLiteConnection(
            path: path, flags: SQLITE_OPEN_READONLY, vfs: vfs, statementCapacity: limits.statementCount,
            busyMilliseconds: CInt(clamping: limits.readMilliseconds))
        try connection.script("pragma query_only = on")
        return connection
    }
}
