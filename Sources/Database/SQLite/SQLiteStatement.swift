internal import CSQLite

/// A prepared statement of one connection, finalized when it is dropped.
final class SQLiteStatement {
    /// SQLite's object.
    let pointer: OpaquePointer
    /// How many values must be bound.
    let parameterCount: Int
    /// Whether it leaves the file unchanged.
    let isReadOnly: Bool
    /// In use: a query within `map` of the same query needs a statement of its own.
    var isRunning = false
    /// When it was last taken from the cache, by the cache's own count.
    var lastUse: UInt64 = 0

    /// What a body may run. Everything else (`begin`, `commit`, `savepoint`, `pragma`, `attach`, ...) would reach
    /// beyond its share of the common transaction.
    private static let permitted: Set<String> = ["select", "insert", "update", "delete", "with", "values"]

    /// Compiles `sql`, exactly one statement. `isTrusted` admits transaction control.
    init(_ sql: String, on connection: OpaquePointer, isTrusted: Bool = false) throws(DatabaseError) {
        let numbered: ParameterNumbering
        do {
            numbered = try ParameterNumbering(sql)
        } catch .notNumbered {
            throw .misuse("parameters are written $1, $2, ...")
        } catch {
            throw .misuse("more than \(ParameterNumbering.maximum) parameters")
        }
        guard isTrusted || Self.permitted.contains(numbered.keyword) else {
            throw .misuse("a body may not run \"\(numbered.keyword)\"")
        }
        var statement: OpaquePointer?
        var unread = 0
        let code = numbered.text.withUnsafeBytes { bytes -> CInt in
            let start = bytes.bindMemory(to: CChar.self).baseAddress
            var tail: UnsafePointer<CChar>?
            let code = sqlite3_prepare_v3(
                connection, start, CInt(bytes.count), UInt32(SQLITE_PREPARE_PERSISTENT), &statement, &tail)
            if let start, let tail { unread = bytes.count - (tail - start) }
            return code
        }
        guard code == SQLITE_OK else { throw DatabaseError(code: code, connection: connection) }
        guard let statement else { throw .misuse("no statement") }
        guard numbered.text.suffix(unread).allSatisfy({ $0 == 0x20 || $0 == 0x0A || $0 == 0x09 || $0 == 0x0D }) else {
            sqlite3_finalize(statement)
            throw .misuse("more than one statement")
        }
        pointer = statement
        parameterCount = numbered.highest
        isReadOnly = sqlite3_stmt_readonly(statement) != 0
    }

    deinit {
        sqlite3_finalize(pointer)
    }

    /// Binds all values; the statement must be reset.
    func bind(_ parameters: [SQLValue]) throws(DatabaseError) {
        guard parameters.count == parameterCount else {
            throw .misuse("\(parameters.count) values for \(parameterCount) parameters")
        }
        for (index, value) in parameters.enumerated() where index < sqlite3_bind_parameter_count(pointer) {
            if case .text(let text) = value, text.utf8.contains(0) { throw .misuse("text with NUL") }
            // Beyond 2 GiB the clamped length makes SQLite refuse the value as too big.
            let code = bind(value, at: CInt(index + 1))
            guard code == SQLITE_OK else { throw DatabaseError(code: code, connection: sqlite3_db_handle(pointer)) }
        }
    }

    private func bind(_ value: SQLValue, at index: CInt) -> CInt {
        switch value {
        case .integer(let integer): return sqlite3_bind_int64(pointer, index, integer)
        case .null: return sqlite3_bind_null(pointer, index)
        case .text(var text):
            return text.withUTF8 { utf8 in
                utf8.withMemoryRebound(to: CChar.self) { bytes in
                    bytes.baseAddress.map { sealgate_sqlite_bind_text(pointer, index, $0, CInt(clamping: bytes.count)) }
                        ?? sealgate_sqlite_bind_text(pointer, index, "", 0)
                }
            }
        case .blob(let bytes):
            guard !bytes.isEmpty else { return sqlite3_bind_zeroblob(pointer, index, 0) }
            return bytes.withUnsafeBytes {
                sealgate_sqlite_bind_blob(pointer, index, $0.baseAddress, CInt(clamping: $0.count))
            }
        }
    }
}
