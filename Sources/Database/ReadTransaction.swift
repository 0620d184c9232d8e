/// A consistent view of what was committed when the body first read. It cannot leave its body.
public struct ReadTransaction: ~Copyable, SQLReader {
    private let connection: AnyConnection

    init(_ connection: AnyConnection) {
        self.connection = connection
    }

    /// Every row, mapped. The row is readable only while `map` runs.
    public borrowing func rows<R>(
        _ sql: String, _ parameters: [SQLValue], _ map: (borrowing Row) throws -> R
    ) throws -> [R] {
        try connection.rows(sql, parameters, map)
    }

    /// The first row, mapped; nil if there is none.
    public borrowing func first<R>(
        _ sql: String, _ parameters: [SQLValue], _ map: (borrowing Row) throws -> R
    ) throws -> R? {
        try connection.first(sql, parameters, map)
    }
}
