import Database
import Primitives

/// A turn that has not been ended in the books, as the database knows it: what a later start needs to end it when this
/// one dies.
struct TurnRecord: Hashable, Sendable {
    let conversation: String
    let call: String
    let wallet: WalletID
    /// The sequence number of the user's message.
    let userSequence: Int
    /// The client's idempotency key, which this turn has taken.
    let key: TurnKey?
    let startedAt: Timestamp
    /// From then on a turn that this process does not answer for counts as left behind. No turn runs for so long; but a
    /// clock may jump, so a process also knows its own turns (`TurnCensus`).
    let expiresAt: Timestamp
}

extension TurnRecord {
    private static let columns = """
        conversation_id, call_id, wallet_id, user_sequence, idempotency_key, fingerprint, started_at, expires_at
        """

    /// Notes that the turn runs. A conversation has at most one, by primary key.
    func insert(in tx: borrowing WriteTransaction) throws {
        try tx.execute(
            "insert into turns (\(TurnRecord.columns)) values ($1, $2, $3, $4, $5, $6, $7, $8)",
            [
                .text(conversation), .text(call), .wallet(wallet), .integer(Int64(userSequence)),
                .optional(key?.text, SQLValue.text), .optional(key?.fingerprint, SQLValue.blob),
                .timestamp(startedAt), .timestamp(expiresAt),
            ])
    }

    /// Notes that the turn has ended. False if that was noted before: somebody else ended it.
    func remove(in tx: borrowing WriteTransaction) throws -> Bool {
        try tx.execute("delete from turns where call_id = $1", [.text(call)]) == 1
    }

    /// The turn under way in a conversation.
    static func running(
        in conversation: String, _ reader: borrowing some SQLReader & ~Copyable
    ) throws -> TurnRecord? {
        try reader.first(
            "select \(columns) from turns where conversation_id = $1", [.text(conversation)], read)
    }

    /// All turns under way, the oldest first. A row that cannot be read does not hide the others.
    static func all(
        in reader: borrowing some SQLReader & ~Copyable
    ) throws -> [(call: String, record: Result<TurnRecord, any Error>)] {
        try reader.rows("select \(columns) from turns order by started_at, call_id", []) { row in
            do {
                return (try row.text(1), .success(try read(row)))
            } catch {
                return (try row.text(1), .failure(error))
            }
        }
    }

    private static func read(_ row: borrowing Row) throws -> TurnRecord {
        let wallet = try row.wallet(2)
        var key: TurnKey?
        if let text = try row.optionalText(4) {
            key = TurnKey(wallet: wallet, text: text, fingerprint: try row.blob(5))
        }
        return TurnRecord(
            conversation: try row.text(0), call: try row.text(1), wallet: wallet, userSequence: Int(try row.integer(3)),
            key: key, startedAt: try row.timestamp(6), expiresAt: try row.timestamp(7))
    }
}
