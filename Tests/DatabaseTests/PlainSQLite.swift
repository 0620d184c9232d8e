import CSQLite
import Testing

/// A file seen by SQLite itself, without any of our code.
enum PlainSQLite {
    /// Runs `sql` on the file and returns every row's columns, joined by `|`.
    @discardableResult
    static func run(_ path: String, _ sql: String) throws -> [String] {
        var connection: OpaquePointer?
        defer { sqlite3_close(connection) }
        try #require(sqlite3_open(path, &connection) == SQLITE_OK)
        let rows = Rows()
        let code = sqlite3_exec(
            connection, sql,
            { context, count, columns, _ in
                guard let context, let columns else { return 1 }
                let texts = (0..<Int(count)).map { columns[$0].map { String(cString: $0) } ?? "" }
                Unmanaged<Rows>.fromOpaque(context).takeUnretainedValue().all.append(texts.joined(separator: "|"))
                return 0
            }, Unmanaged.passUnretained(rows).toOpaque(), nil)
        try #require(code == SQLITE_OK, "\(String(cString: sqlite3_errmsg(connection)))")
        return rows.all
    }

    private final class Rows {
        var all: [String] = []
    }
}
