internal import Primitives

/// Table `write_operations`, this engine's own: each write leaves the id of its attempt there, in its own transaction.
///
/// When the connection breaks at COMMIT the outcome is unknown. It is settled by claiming the id: the claim waits for
/// the transaction that may still be under way; then either the row is there, so it was committed, or the claim itself
/// is, so it never will be.
struct OperationRecord {
    /// How a claim ended.
    enum Outcome {
        /// The write is committed.
        case committed
        /// It never will be.
        case never
    }

    static let schema = """
        create table if not exists write_operations (
            id bytea not null primary key,
            written_at timestamptz not null default now()
        );
        create index if not exists write_operations_by_time on write_operations (written_at);
        create table if not exists wallet_locks (
            wallet_id bigint not null primary key
        );

        """

    /// Writes after which a worker looks for rows to remove, and how many of them it removes: more than were written.
    static let writesPerPurge = 500
    private static let purge = """
        delete from write_operations where id in
            (select id from write_operations where written_at < now() - interval '1 hour'
                order by written_at limit 1000 for update skip locked)
        """

    private let values: PostgreSQLValues

    /// A new id: 128 random bits.
    init(random: any RandomSource) throws(DatabaseError) {
        values = try PostgreSQLValues([.blob(random.bytes(16))], used: [1])
    }

    /// What the write itself says.
    var note: PostgreSQLLink.Command {
        .once(sql: "insert into write_operations (id) values ($1)", values)
    }

    /// Settles what became of the write. Throws while that cannot be told.
    func outcome(by connection: PostgreSQLConnection) throws(PostgreSQLFault) -> Outcome {
        let claim = "insert into write_operations (id) values ($1) on conflict (id) do nothing"
        let answers = try connection.exchange([.once(sql: claim, values)])
        return answers.first?.changedRows == 1 ? .never : .committed
    }

    /// Removes ids that nobody can still ask about (a claim is made within seconds), and old changes with them.
    static func purge(by connection: PostgreSQLConnection) throws(PostgreSQLFault) {
        try connection.control([purge, ChangeFeed.purge])
    }
}
