internal import CSQLite

extension SQLiteConnection {
    /// Copies the log into the file as far as `mode` says. Failing is no harm: the log stays, and is tried again later.
    func checkpoint(_ mode: CInt) {
        sqlite3_wal_checkpoint_v2(pointer, nil, mode, nil, nil)
    }

    /// How long to wait for a lock that somebody else holds.
    func setBusyWait(milliseconds: Int) {
        sqlite3_busy_timeout(pointer, CInt(clamping: milliseconds))
    }
}
