/// What other nodes have changed, for those tables whose schema says `{announce ...}`. PostgreSQL only: on SQLite there
/// are no other nodes.
///
/// Numbers are given out in another order than they are committed in, so "everything above the last number seen" would
/// miss a change whose transaction took longer than a later one. Each change carries the id of its transaction instead,
/// and a reader asks from the oldest transaction that was still running when it last looked: that one and all later
/// ones are what it cannot have seen. Some changes come twice, none is missed.
public struct ChangeFeed: Sendable {
    /// How far a reader has seen.
    public struct Mark: Hashable, Sendable {
        fileprivate let transaction: UInt64
    }

    /// One row that was written.
    public struct Change: Hashable, Sendable {
        /// Its table.
        public let table: String
        /// Its key, as text.
        public let key: String
    }

    /// What a look at the feed gave.
    public enum Look: Hashable, Sendable {
        /// Everything that was changed, and where to go on.
        case changes([Change], Mark)
        /// So much was changed, or the server is so different a one, that the tables must be read anew.
        case tooMuch
    }

    /// Changes that are handed over at once.
    public static let maximumChanges = 10_000

    static let schema = """
        create table if not exists change_feed (
            position bigint generated always as identity primary key,
            transaction_id xid8 not null default pg_current_xact_id(),
            topic text collate "C" not null,
            key text collate "C" not null,
            written_at timestamptz not null default now()
        );
        create index if not exists change_feed_by_transaction on change_feed (transaction_id);
        create or replace function announce_change() returns trigger language plpgsql as $$
            begin
                insert into change_feed (topic, key) values (tg_table_name, to_jsonb(new) ->> tg_argv[0]);
                return null;
            end
        $$;

        """

    /// Removes changes that every node has seen that may still answer.
    static let purge = """
        delete from change_feed where position in
            (select position from change_feed where written_at < now() - interval '1 hour'
                order by position limit 1000 for update skip locked)
        """

    /// The feed.
    public init() {}

    /// Where to go on after everything that this transaction can see.
    public func mark(in tx: borrowing ReadTransaction) throws -> Mark {
        let text = try tx.first("select cast(pg_snapshot_xmin(pg_current_snapshot()) as text)") { try $0.text(0) }
        guard let transaction = text.flatMap({ UInt64($0) }) else {
            throw DatabaseError.unexpectedValue(column: 0, wanted: "a transaction's id")
        }
        return Mark(transaction: transaction)
    }

    /// What was committed since `mark`.
    public func look(after mark: Mark, in tx: borrowing ReadTransaction) throws -> Look {
        let changes = try tx.rows(
            """
            select distinct topic, key from change_feed where transaction_id >= cast($1 as xid8) limit $2
            """, [.text(String(mark.transaction)), .integer(Int64(ChangeFeed.maximumChanges) + 1)]
        ) { Change(table: try $0.text(0), key: try $0.text(1)) }
        let next = try self.mark(in: tx)
        // Ids only grow: a lower one means another server, or an earlier state of this one.
        guard next.transaction >= mark.transaction, changes.count <= ChangeFeed.maximumChanges else { return .tooMuch }
        return .changes(changes, next)
    }
}
