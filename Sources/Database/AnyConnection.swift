internal import Primitives

/// The connection under a transaction, of either engine.
enum AnyConnection {
    /// To a file.
    case sqlite(SQLiteConnection)
    /// To a server.
    case postgresql(PostgreSQLConnection)

    /// Every row, mapped.
    func rows<R>(_ sql: String, _ parameters: [SQLValue], _ map: (borrowing Row) throws -> R) throws -> [R] {
        switch self {
        case .sqlite(let connection): try connection.rows(sql, parameters, map)
        case .postgresql(let connection): try connection.rows(sql, parameters, map)
        }
    }

    /// The first row, mapped.
    func first<R>(_ sql: String, _ parameters: [SQLValue], _ map: (borrowing Row) throws -> R) throws -> R? {
        switch self {
        case .sqlite(let connection): try connection.first(sql, parameters, map)
        case .postgresql(let connection): try connection.first(sql, parameters, map)
        }
    }

    /// Runs a statement and returns how many rows it changed.
    func execute(_ sql: String, _ parameters: [SQLValue]) throws -> Int {
        switch self {
        case .sqlite(let connection): try connection.execute(sql, parameters)
        case .postgresql(let connection): try connection.execute(sql, parameters)
        }
    }

    /// Makes other writers of `wallet` wait.
    func lock(_ wallet: WalletID) throws {
        switch self {
        case .sqlite: return
        case .postgresql(let connection): try connection.lock(wallet)
        }
    }
}
