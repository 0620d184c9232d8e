import Database
public import Primitives

/// A row of `KeyArchive`, as it was found: nothing in it has been judged.
public struct ArchivedKey: Hashable, Sendable {
    /// The key's thumbprint, as the row says.
    public let kid: String
    /// The evidence as it was kept, JSON.
    public let bundle: [UInt8]
    /// When it was kept.
    public let createdAt: Timestamp
    /// From when no token of the key can be good; nil while it signs, or if its process ended without a word.
    public let acceptedUntil: Timestamp?

    init(row: borrowing Row) throws {
        kid = try row.text(0)
        bundle = try row.blob(1)
        createdAt = try row.timestamp(2)
        acceptedUntil = try row.optionalTimestamp(3)
    }
}
