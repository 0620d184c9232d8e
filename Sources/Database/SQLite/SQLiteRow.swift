internal import CSQLite

/// The row on which a statement stands. Columns are in range: `Row` has checked.
struct SQLiteRow {
    private let statement: OpaquePointer

    /// The row on which `statement` stands.
    init(statement: OpaquePointer) {
        self.statement = statement
    }

    /// How many columns the row has.
    var columnCount: Int { Int(sqlite3_column_count(statement)) }

    private func type(of column: Int) -> CInt { sqlite3_column_type(statement, CInt(column)) }

    /// Whether the column is null.
    func isNull(_ column: Int) -> Bool { type(of: column) == SQLITE_NULL }

    /// Whether the column holds text, well-formed or not.
    func isText(_ column: Int) -> Bool { type(of: column) == SQLITE_TEXT }

    /// A 64-bit integer; nil if the column holds something else.
    func integer(_ column: Int) -> Int64? {
        type(of: column) == SQLITE_INTEGER ? sqlite3_column_int64(statement, CInt(column)) : nil
    }

    /// Text; nil if the column holds something else, or is malformed.
    func text(_ column: Int) -> String? {
        guard isText(column), let bytes = sqlite3_column_text(statement, CInt(column)) else { return nil }
        let count = Int(sqlite3_column_bytes(statement, CInt(column)))
        return String(validating: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    /// Bytes, copied out; nil if the column holds something else.
    func blob(_ column: Int) -> [UInt8]? {
        guard type(of: column) == SQLITE_BLOB else { return nil }
        // An empty blob has no address.
        guard let start = sqlite3_column_blob(statement, CInt(column)) else { return [] }
        return [UInt8](
            UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, CInt(column)))))
    }
}
