public import Primitives

/// One row of a result, readable while the closure that was given it runs. Columns count from 0.
///
/// Every reader throws `DatabaseError.unexpectedValue` where the column holds another type (or null, for the readers
/// that are not `optional`): a file that was tampered with must not stop the process.
public struct Row: ~Copyable {
    private enum Source {
        case sqlite(SQLiteRow)
        case postgresql(PostgreSQLRow)
    }

    private let source: Source
    /// How many columns the row has.
    public let columnCount: Int

    /// The row on which `statement` stands.
    init(statement: OpaquePointer) {
        let row = SQLiteRow(statement: statement)
        source = .sqlite(row)
        columnCount = row.columnCount
    }

    /// A row of a server's answer.
    init(_ row: PostgreSQLRow) {
        source = .postgresql(row)
        columnCount = row.columnCount
    }

    private func check(_ column: Int) throws(DatabaseError) {
        guard column >= 0, column < columnCount else {
            throw .unexpectedValue(column: column, wanted: "a column below \(columnCount)")
        }
    }

    /// Whether the column is null.
    public func isNull(_ column: Int) throws(DatabaseError) -> Bool {
        try check(column)
        return switch source {
        case .sqlite(let row): row.isNull(column)
        case .postgresql(let row): row.isNull(column)
        }
    }

    /// A 64-bit integer.
    public func integer(_ column: Int) throws(DatabaseError) -> Int64 {
        try check(column)
        let integer =
            switch source {
            case .sqlite(let row): row.integer(column)
            case .postgresql(let row): row.integer(column)
            }
        guard let integer else { throw .unexpectedValue(column: column, wanted: "integer") }
        return integer
    }

    /// Text; malformed UTF-8 is refused.
    public func text(_ column: Int) throws(DatabaseError) -> String {
        try check(column)
        let (isText, text) =
            switch source {
            case .sqlite(let row): (row.isText(column), row.text(column))
            case .postgresql(let row): (row.isText(column), row.text(column))
            }
        guard isText else { throw .unexpectedValue(column: column, wanted: "text") }
        guard let text else { throw .unexpectedValue(column: column, wanted: "UTF-8 text") }
        return text
    }

    /// Bytes, copied out.
    public func blob(_ column: Int) throws(DatabaseError) -> [UInt8] {
        try check(column)
        let blob =
            switch source {
            case .sqlite(let row): row.blob(column)
            case .postgresql(let row): row.blob(column)
            }
        guard let blob else { throw .unexpectedValue(column: column, wanted: "blob") }
        return blob
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
