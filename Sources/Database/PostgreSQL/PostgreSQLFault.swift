internal import CPostgreSQL

/// What the server refused, or that it is gone, and what follows from that for the transaction.
struct PostgreSQLFault: Error {
    /// What to do about it.
    enum Consequence: Hashable {
        /// Nothing helps but another statement: the body hears of it.
        case tell
        /// The whole body runs again: another transaction was in the way, or a plan is stale.
        case again
        /// The connection is gone. Whatever was not yet sent to be committed never will be.
        case lost
    }

    /// For the caller.
    let error: DatabaseError
    /// For the transaction.
    let consequence: Consequence

    /// The connection broke, or the server did not answer in time.
    static let lost = PostgreSQLFault(error: .unavailable, consequence: .lost)

    /// A fault that this side found.
    init(error: DatabaseError, consequence: Consequence) {
        self.error = error
        self.consequence = consequence
    }

    /// What the server says in `result`.
    init(_ result: PostgreSQLResult) {
        let state = result.field(SEALGATE_PQ_SQLSTATE) ?? ""
        error = DatabaseError(state: state, result)
        switch state {
        // Serialization failure, deadlock; a plan whose tables changed, a prepared statement that is not there.
        case "40001", "40P01", "0A000", "26000": consequence = .again
        case "": consequence = .lost
        default: consequence = error == .unavailable ? .lost : .tell
        }
    }
}

extension DatabaseError {
    /// Translates SQLSTATE (PostgreSQL's appendix A). Of the messages only those are kept that speak of the statement;
    /// class 22 quotes values.
    init(state: String, _ result: PostgreSQLResult) {
        switch (state.prefix(2), state) {
        case ("23", _): self = .constraint(ConstraintViolation(state: state, result))
        case (_, "42804"): self = .constraint(ConstraintViolation(kind: .other, name: "a value of the wrong type"))
        case ("08", _), (_, "57P01"), (_, "57P02"), (_, "57P03"), (_, "57P05"), (_, "53300"), (_, "25P03"):
            self = .unavailable
        case (_, "57014"): self = .timeLimit
        case (_, "55P03"), ("40", _): self = .busy
        case (_, "53100"): self = .full
        case ("XX", _): self = .corrupt
        case ("58", _): self = .inputOutput(code: 0)
        case ("42", _), ("0A", _), ("25", _), ("26", _):
            self = .misuse(result.field(SEALGATE_PQ_MESSAGE) ?? "SQLSTATE \(state)")
        case ("22", _): self = .misuse("a value the server does not take, SQLSTATE \(state)")
        default: self = .other(code: Int32(state, radix: 36) ?? 0)
        }
    }
}

extension ConstraintViolation {
    /// Reads the fields of an error of class 23. Of the detail, `Key (wallet_id, key)=(1, x) ...`, only the columns.
    init(state: String, _ result: PostgreSQLResult) {
        let table = result.field(SEALGATE_PQ_TABLE)
        let rule = result.field(SEALGATE_PQ_CONSTRAINT)
        switch state {
        case "23505":
            let columns = Self.columns(in: result.field(SEALGATE_PQ_DETAIL) ?? "")
            if columns.isEmpty {
                self.init(kind: .unique, name: rule)
            } else {
                self.init(kind: .unique, table: table, columns: columns)
            }
        case "23514": self.init(kind: .check, name: rule)
        case "23502":
            self.init(kind: .notNull, table: table, columns: [result.field(SEALGATE_PQ_COLUMN)].compactMap { $0 })
        // As SQLite, which does not say which.
        case "23503": self.init(kind: .foreignKey)
        default: self.init(kind: .other, name: result.field(SEALGATE_PQ_MESSAGE))
        }
    }

    /// The columns of a key; none where the index is over an expression.
    static func columns(in detail: String) -> [String] {
        guard let open = detail.firstIndex(of: "("), let close = detail.firstRange(of: ")=("),
            open < close.lowerBound
        else { return [] }
        let columns = detail[detail.index(after: open)..<close.lowerBound].split(separator: ", ").map(String.init)
        let isPlain = columns.allSatisfy { $0.utf8.allSatisfy { $0 == 0x5F || ParameterNumbering.isWord($0) } }
        return isPlain ? columns : []
    }
}
