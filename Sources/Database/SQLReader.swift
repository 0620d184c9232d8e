/// What can be asked of the database within one transaction. Queries of the domains take
/// `borrowing some SQLReader & ~Copyable`, so they serve reads and writes alike.
///
/// Statements are one `select`, `insert`, `update`, `delete`, `values` or `with`; parameters are `$1`, `$2`, ... and
/// may be reordered and repeated. As many values must be given as the highest number says. Null has no type of its own,
/// so PostgreSQL must see it from the place: `cast($1 as text) is null`, not `$1 is null`.
public protocol SQLReader: ~Copyable {
    /// Every row, mapped. The row is readable only while `map` runs.
    borrowing func rows<R>(_ sql: String, _ parameters: [SQLValue], _ map: (borrowing Row) throws -> R) throws -> [R]

    /// The first row, mapped; nil if there is none.
    borrowing func first<R>(_ sql: String, _ parameters: [SQLValue], _ map: (borrowing Row) throws -> R) throws -> R?
}

extension SQLReader where Self: ~Copyable {
    /// Every row of a statement without parameters, mapped.
    public borrowing func rows<R>(_ sql: String, _ map: (borrowing Row) throws -> R) throws -> [R] {
        try rows(sql, [], map)
    }

    /// The first row of a statement without parameters, mapped; nil if there is none.
    public borrowing func first<R>(_ sql: String, _ map: (borrowing Row) throws -> R) throws -> R? {
        try first(sql, [], map)
    }
}
