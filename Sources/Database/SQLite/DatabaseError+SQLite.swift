internal import CSQLite
internal import Glibc

extension DatabaseError {
    /// The error that `connection` reported last, as `code`.
    init(code: CInt, connection: OpaquePointer?) {
        let message = sqlite3_errmsg(connection).map { String(cString: $0) } ?? ""
        self.init(code: code, message: message, systemError: sqlite3_system_errno(connection))
    }

    /// Translates SQLite's extended `code`. `systemError` tells a full disk from a broken one where SQLite does not.
    init(code: CInt, message: String, systemError: CInt) {
        switch code & 0xFF {
        case SQLITE_CONSTRAINT:
            self = .constraint(ConstraintViolation(kind: .init(code: code), message: message))
        case SQLITE_FULL: self = .full
        case SQLITE_BUSY, SQLITE_LOCKED: self = .busy
        case SQLITE_INTERRUPT: self = .timeLimit
        case SQLITE_CORRUPT, SQLITE_NOTADB: self = .corrupt
        case SQLITE_IOERR, SQLITE_CANTOPEN:
            // A log that cannot grow for lack of space (also: quota, file size limit) is a full disk to the caller.
            self = [ENOSPC, EDQUOT, EFBIG].contains(systemError) ? .full : .inputOutput(code: code)
        case SQLITE_ERROR, SQLITE_RANGE, SQLITE_MISUSE, SQLITE_MISMATCH, SQLITE_READONLY, SQLITE_TOOBIG, SQLITE_AUTH:
            self = .misuse(message)
        default: self = .other(code: code)
        }
    }
}

extension ConstraintViolation.Kind {
    /// The kind by SQLite's extended code.
    init(code: CInt) {
        switch code {
        case SEALGATE_SQLITE_CONSTRAINT_UNIQUE, SEALGATE_SQLITE_CONSTRAINT_PRIMARYKEY,
            SEALGATE_SQLITE_CONSTRAINT_ROWID:
            self = .unique
        case SEALGATE_SQLITE_CONSTRAINT_CHECK: self = .check
        case SEALGATE_SQLITE_CONSTRAINT_FOREIGNKEY: self = .foreignKey
        case SEALGATE_SQLITE_CONSTRAINT_NOTNULL: self = .notNull
        default: self = .other
        }
    }
}
