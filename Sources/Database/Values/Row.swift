internal import CSQLite
public import Primitives

/// One row of a result, readable while the closure that was given it runs. Columns count from 0.
///
/// Every reader throws `DatabaseError.unexpectedValue` where the column holds another type (or null, for the readers
/// that are not `optional`): a file that was tampered with must not stop the process.
public struct Row: ~Copyable {
    private let statement: OpaquePointer
    /// How many columns the row has.
    public let columnCount: Int

    /// The row on which `statement` stands.
    init(statement: OpaquePointer) {
        self.statement = statement
        columnCount = Int(sqlite3_column_count(statement))
    }

    private func type(of column: Int) throws(DatabaseError) -> CInt {
        guard column >= 0, column < columnCount else {
            throw .unexpectedValue(column: column, wanted: "a column below \(columnCount)")
        }
        return sqlite3_column_type(statement, CInt(column))
    }

    /// Whether the column is null.
    public func isNull(_ column: Int) throws(DatabaseError) -> Bool {
        try type(of: column) == SQLITE_NULL
    }

    /// A 64-bit integer.
    public func integer(_ column: Int) throws(DatabaseError) -> Int64 {
        guard try type(of: column) == SQLITE_INTEGER else {
            throw .unexpectedValue(column: column, wanted: "integer")
        }
        return sqlite3_column_int64(statement, CInt(column))
    }

    /// Text; malformed UTF-8 is refused.
    public func text(_ column: Int) throws(DatabaseError) -> String {
        guard try type(of: column) == SQLITE_TEXT, let bytes = sqlite3_column_text(statement, CInt(column)) else {
            throw .unexpectedValue(column: column, wanted: "text")
        }
        let count = Int(sqlite3_column_bytes(statement, CInt(column)))
        guard let text = String(validating: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self) else {
            throw .unexpectedValue(column: column, wanted: "UTF-8 text")
        }
        return text
    }

    /// Bytes, copied out.
    public func blob(_ column: Int) throws(DatabaseError) -> [UInt8] {
        guard try type(of: column) == SQLITE_BLOB else {
            throw .unexpectedValue(column: column, wanted: "blob")
        }
        // An empty blob has no address.
        guard let start = sqlite3_column_blob(statement, CInt(column)) else { return [] }
        return [UInt8](
            UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, CInt(column)))))
    }

    /// A `{bool}` column: 0 or 1, nothing else.
    public func bool(_ column: Int) throws(DatabaseError) -> Bool {
        switch try integer(column) {
        case 0: false
        case 1: true
        default: throw .unexpectedValue(column: column, wanted: "0 or 1")
        }
    }

    /// A wallet by its row number.
    public func wallet(_ column: Int) throws(DatabaseError) -> WalletID {
        WalletID(try integer(column))
    }

    /// A moment stored as microseconds since 1970.
    public func timestamp(_ column: Int) throws(DatabaseError) -> Timestamp {
        Timestamp(unixMicroseconds: try integer(column))
    }

    /// An amount stored in millionths of a USDC.
    public func money(_ column: Int) throws(DatabaseError) -> MicroUSDC {
        MicroUSDC(try integer(column))
    }
}
