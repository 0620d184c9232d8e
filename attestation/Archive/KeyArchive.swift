public import Database
public import Primitives

/// Table `attested_keys`: the evidence under which each session key was published, kept for as long as a token of that
/// key may be good.
///
/// What stands here is a hint. Whoever can write the database can write a row; a key counts only once its evidence has
/// been judged anew, by `ArchiveJudge`.
public struct KeyArchive: Sendable {
    /// Rows that are read at a start: the keys of a day, on a handful of nodes.
    public static let maximumKeys = 64

    /// The table's operations.
    public init() {}

    /// Keeps the boot report of the key called `kid`, which signs from now on. A second report of the same key takes
    /// the first one's place.
    public func keep(_ bundle: EvidenceBundle, of kid: String, at now: Timestamp, in tx: borrowing WriteTransaction)
        throws
    {
        try tx.execute(
            """
            insert into attested_keys (kid, bundle, created_at) values ($1, $2, $3)
            on conflict (kid) do update set bundle = excluded.bundle
            """, [.text(kid), .blob(bundle.json.bytes), .timestamp(now)])
    }

    /// Notes that every key but `kid` signs no more: a token of theirs is good until `until` at the latest.
    public func retireOthers(than kid: String, until: Timestamp, in tx: borrowing WriteTransaction) throws {
        try tx.execute(
            "update attested_keys set accepted_until = $2 where kid <> $1 and accepted_until is null",
            [.text(kid), .timestamp(until)])
    }

    /// Bounds how long the key called `kid` may be needed, where nobody knows which other keys still sign.
    public func bound(_ kid: String, until: Timestamp, in tx: borrowing WriteTransaction) throws {
        try tx.execute("update attested_keys set accepted_until = $2 where kid = $1", [.text(kid), .timestamp(until)])
    }

    /// The evidence of one key, whatever became of the key.
    public func find(_ kid: String, in tx: borrowing some SQLReader & ~Copyable) throws -> ArchivedKey? {
        try tx.first(
            "select kid, bundle, created_at, accepted_until from attested_keys where kid = $1 and length(bundle) <= $2",
            [.text(kid), .integer(Int64(EvidenceBundle.maximumBytes))],
            ArchivedKey.init(row:))
    }

    /// The keys whose tokens may still be good, the newest first.
    public func accepted(at now: Timestamp, in tx: borrowing some SQLReader & ~Copyable) throws -> [ArchivedKey] {
        try tx.rows(
            """
            select kid, bundle, created_at, accepted_until from attested_keys
            where (accepted_until is null or accepted_until > $1) and length(bundle) <= $3
            order by created_at desc limit $2
            """,
            [
                .timestamp(now), .integer(Int64(KeyArchive.maximumKeys)),
                .integer(Int64(EvidenceBundle.maximumBytes)),
            ], ArchivedKey.init(row:))
    }

    /// Forgets keys whose last token has ended; returns how many.
    @discardableResult
    public func purge(before now: Timestamp, limit: Int, in tx: borrowing WriteTransaction) throws -> Int {
        try tx.execute(
            """
            delete from attested_keys where kid in
                (select kid from attested_keys where accepted_until <= $1 order by accepted_until limit $2)
            """, [.timestamp(now), .integer(Int64(limit))])
    }
}
