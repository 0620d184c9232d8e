import Database

/// Which failed writes are worth another attempt at once.
enum StorageFault {
    /// Whether the fault lies in the storage's state, which passes, and not in what was written.
    static func mayPass(_ error: any Error) -> Bool {
        switch error {
        case DatabaseError.full, DatabaseError.busy, DatabaseError.overloaded, DatabaseError.timeLimit,
            DatabaseError.inputOutput, DatabaseError.unavailable:
            true
        default: false
        }
    }
}
