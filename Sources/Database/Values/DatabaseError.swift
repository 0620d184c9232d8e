/// What the database could not do. Messages name tables, columns and rules; never a parameter.
public enum DatabaseError: Error, Hashable, Sendable {
    /// The statement would have broken a rule of the schema; it changed nothing.
    case constraint(ConstraintViolation)
    /// The disk is full, or the file may not grow. Nothing of the body was kept.
    case full
    /// Another process holds the file, or held it for longer than the wait allowed.
    case busy
    /// Too many calls are waiting already; nothing was queued.
    case overloaded
    /// The server cannot be reached, or hung up before anything was sent to be committed. Nothing of the body was kept.
    case unavailable
    /// The body ran longer than its limit and was stopped. Nothing of it was kept.
    case timeLimit
    /// The file is damaged, or is no database of ours.
    case corrupt
    /// The database has been closed.
    case closed
    /// Reading or writing the file failed, or a server was lost at COMMIT and did not come back in time. After this
    /// error from `write` the outcome is unknown until it is looked up by the operation's id: the commit may have
    /// reached the disk before the failure.
    case inputOutput(code: Int32)
    /// A column held something else than was asked for.
    case unexpectedValue(column: Int, wanted: String)
    /// The statement itself is wrong: bad syntax, an unknown table, the wrong number of parameters.
    case misuse(String)
    /// Anything else, by the engine's own code.
    case other(code: Int32)
}

extension DatabaseError: CustomStringConvertible {
    /// For the log.
    public var description: String {
        switch self {
        case .constraint(let violation):
            let place = violation.table.map { " on \($0)(\(violation.columns.joined(separator: ", ")))" } ?? ""
            return "constraint \(violation.kind)\(place)\(violation.name.map { " \($0)" } ?? "")"
        case .full: return "the disk is full"
        case .busy: return "the database is in use by another process"
        case .overloaded: return "too many calls wait for the database"
        case .unavailable: return "the database server cannot be reached"
        case .timeLimit: return "the database call exceeded its time limit"
        case .corrupt: return "the file is damaged or not a database"
        case .closed: return "the database is closed"
        case .inputOutput(let code): return "input/output error \(code)"
        case .unexpectedValue(let column, let wanted): return "column \(column) is not \(wanted)"
        case .misuse(let reason): return "wrong use of the database: \(reason)"
        case .other(let code): return "database error \(code)"
        }
    }
}
