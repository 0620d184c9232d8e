public import Primitives

/// One body's share of a transaction that is committed together with others. It cannot leave its body.
///
/// A failed statement changes nothing by itself; a body may catch `.constraint` and go on. After `.full`, `.timeLimit`
/// or another error that ended the whole transaction, every further statement of the body fails with the same error,
/// and so does the body, even if it caught the error.
public struct WriteTransaction: ~Copyable, SQLReader {
    private let connection: AnyConnection

    init(_ connection: AnyConnection) {
        self.connection = connection
    }

    /// Every row, mapped; also for `insert ... returning`. The row is readable only while `map` runs.
    public borrowing func rows<R>(
        _ sql: String, _ parameters: [SQLValue], _ map: (borrowing Row) throws -> R
    ) throws -> [R] {
        try connection.rows(sql, parameters, map)
    }

    /// The first row, mapped; nil if there is none. The statement runs to its end, so `insert ... returning` is whole.
    public borrowing func first<R>(
        _ sql: String, _ parameters: [SQLValue], _ map: (borrowing Row) throws -> R
    ) throws -> R? {
        try connection.first(sql, parameters, map)
    }

    /// Runs a statement and returns how many rows it inserted, updated or deleted.
    @discardableResult
    public borrowing func execute(_ sql: String, _ parameters: [SQLValue] = []) throws -> Int {
        try connection.execute(sql, parameters)
    }

    /// Makes other writers of this wallet wait until this transaction ends. Take wallets in the order of their ids.
    ///
    /// On SQLite there is one writer, so there is nothing to do. On PostgreSQL what is read afterwards is what whoever
    /// held the lock before has committed; what was read before may be out of date.
    public borrowing func lock(_ wallet: WalletID) throws {
        try connection.lock(wallet)
    }
}
