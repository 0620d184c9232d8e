import CSQLite
import Testing

/// A file seen by SQLite itself, without any of our code.
final class PlainSQLite {
    private let connection: OpaquePointer

    init(_ path: String) throws {
        var opened: OpaquePointer?
        try #require(sqlite3_open(path, &opened) == SQLITE_OK)
        connection = try #require(opened)
    }

    deinit {
        sqlite3_close(connection)
    }

    /// Runs `sql` and returns every row's columns, joined by `|`.
    @discardableResult
    func run(_ sql: String) throws -> [String] {
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

    /// The same on a connection of its own.
    @discardableResult
    static func run(_ path: String, _ sql: String) throws -> [String] {
        try PlainSQLite(path).run(sql)
    }

    private final class Rows {
        var all: [String] = []
    }
}
