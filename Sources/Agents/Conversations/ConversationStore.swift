public import Cryptography
public import Database
public import Primitives

/// Conversations at rest. Every function works in the caller's transaction; what people said is sealed under the
/// wallet's own key, and another wallet's conversation is not found.
public struct ConversationStore: Sendable {
    let seal: ConversationSeal

    /// A store whose keys come from `root`, a secret for conversations alone: another root does not open what this one
    /// sealed. Throws when secret memory is exhausted.
    public init(root: Secret) throws(SecretError) {
        seal = try ConversationSeal(root: root)
    }

    /// Adds a conversation. Throws `ChatError.tooManySessions` at `ConversationLimits.perWallet`.
    public func insert(_ conversation: Conversation, in tx: borrowing WriteTransaction) throws {
        try tx.lock(conversation.wallet)
        let count = try tx.first(
            "select count(*) from conversations where wallet_id = $1", [.wallet(conversation.wallet)]
        ) { try $0.integer(0) }
        guard count ?? 0 < Int64(ConversationLimits.perWallet) else { throw ChatError.tooManySessions }
        try tx.execute(
            """
            insert into conversations (id, wallet_id, agent_id, model, execution_engine, created_at, last_active_at,
                message_count, content_bytes)
            values ($1, $2, $3, $4, $5, $6, $7, 0, 0)
            """,
            [
                .text(conversation.id), .wallet(conversation.wallet), .text(conversation.agentID),
                .text(conversation.model), .optional(conversation.executionEngine, SQLValue.text),
                .timestamp(conversation.createdAt), .timestamp(conversation.lastActiveAt),
            ])
    }

    /// The wallet's conversation with this id, held with `agentID` if that is given.
    /// Throws `ChatError.sessionNotFound`.
    public func conversation(
        _ id: String, of wallet: WalletID, agentID: String? = nil, in reader: borrowing some SQLReader & ~Copyable
    ) throws -> Conversation {
        guard let found = try find(id, of: wallet, in: reader), agentID == nil || agentID == found.agentID
        else { throw ChatError.sessionNotFound }
        return found
    }

    /// As above, with nil where nothing is found.
    func find(
        _ id: String, of wallet: WalletID, in reader: borrowing some SQLReader & ~Copyable
    ) throws -> Conversation? {
        try reader.first(
            "select \(Self.columns) from conversations where id = $1 and wallet_id = $2", [.text(id), .wallet(wallet)],
            Self.read)
    }

    /// The wallet's conversations, the last active first; those with `agentID` only, if that is given.
    /// At most `ConversationLimits.perWallet`, each with one short text to open: some milliseconds at the most.
    public func list(
        of wallet: WalletID, agentID: String? = nil, in reader: borrowing some SQLReader & ~Copyable
    ) throws -> [ConversationSummary] {
        try reader.rows(
            """
            select \(Self.columns), preview from conversations
            where wallet_id = $1 and (cast($2 as text) is null or agent_id = $2) order by last_active_at desc, id desc
            """,
            [.wallet(wallet), .optional(agentID, SQLValue.text)]
        ) { row in
            let conversation = try Self.read(row)
            let preview = try row.optionalBlob(Self.columnCount).map {
                try seal.open($0, of: wallet, at: .preview(conversation: conversation.id))
            }
            return ConversationSummary(conversation: conversation, preview: preview)
        }
    }

    /// The conversation with all its messages: as much as `ConversationLimits.contentBytes` to open, so not for an
    /// event loop.
    public func transcript(
        _ id: String, of wallet: WalletID, agentID: String? = nil, in reader: borrowing some SQLReader & ~Copyable
    ) throws -> ConversationTranscript {
        let conversation = try conversation(id, of: wallet, agentID: agentID, in: reader)
        let messages = try reader.rows(
            """
            select sequence, role, sealed, is_whole, created_at from messages
            where conversation_id = $1 order by sequence
            """, [.text(id)]
        ) { row in
            let role = try Self.role(row, 1)
            let place = ConversationSeal.Place.message(
                conversation: id, sequence: Int(try row.integer(0)), role: role)
            return Message(
                role: role, text: try seal.open(row.blob(2), of: wallet, at: place), isWhole: try row.bool(3),
                createdAt: try row.timestamp(4))
        }
        return ConversationTranscript(conversation: conversation, messages: messages)
    }

    /// Removes the conversation and everything said in it. Throws `ChatError.sessionNotFound`.
    public func delete(
        _ id: String, of wallet: WalletID, agentID: String? = nil, in tx: borrowing WriteTransaction
    ) throws {
        try tx.lock(wallet)
        _ = try conversation(id, of: wallet, agentID: agentID, in: tx)
        try tx.execute("delete from messages where conversation_id = $1", [.text(id)])
        try tx.execute("delete from conversations where id = $1", [.text(id)])
    }
}

extension ConversationStore {
    private static let columns = """
        id, wallet_id, agent_id, model, execution_engine, created_at, last_active_at, message_count, content_bytes
        """
    private static let columnCount = 9

    private static func read(_ row: borrowing Row) throws -> Conversation {
        Conversation(
            id: try row.text(0), wallet: try row.wallet(1), agentID: try row.text(2), model: try row.text(3),
            executionEngine: try row.optionalText(4), createdAt: try row.timestamp(5),
            lastActiveAt: try row.timestamp(6), messageCount: Int(try row.integer(7)),
            contentBytes: Int(try row.integer(8)))
    }

    static func role(_ row: borrowing Row, _ column: Int) throws -> Role {
        guard let role = Role(rawValue: try row.text(column)) else {
            throw DatabaseError.unexpectedValue(column: column, wanted: "a role")
        }
        return role
    }
}
