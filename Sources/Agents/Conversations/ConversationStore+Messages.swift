import Database
import Primitives

extension ConversationStore {
    /// Adds a message after the last one and returns its sequence number, counted from 1.
    func append(
        _ message: Message, to conversation: Conversation, seed: SealSeed, in tx: borrowing WriteTransaction
    ) throws -> Int {
        let sequence = conversation.messageCount + 1
        let place = ConversationSeal.Place.message(
            conversation: conversation.id, sequence: sequence, role: message.role)
        let bytes = Int64(message.text.utf8.count)
        try tx.execute(
            """
            insert into messages (conversation_id, sequence, role, sealed, content_bytes, is_whole, created_at)
            values ($1, $2, $3, $4, $5, $6, $7)
            """,
            [
                .text(conversation.id), .integer(Int64(sequence)), .text(message.role.rawValue),
                .blob(try seal.seal(message.text, of: conversation.wallet, at: place, seed: seed)), .integer(bytes),
                .bool(message.isWhole), .timestamp(message.createdAt),
            ])
        try tx.execute(
            """
            update conversations set message_count = $2, content_bytes = content_bytes + $3, last_active_at = $4
            where id = $1
            """,
            [.text(conversation.id), .integer(Int64(sequence)), .integer(bytes), .timestamp(message.createdAt)])
        return sequence
    }

    /// Takes the message back if it is the conversation's last.
    func removeLast(_ sequence: Int, of conversation: Conversation, in tx: borrowing WriteTransaction) throws {
        guard conversation.messageCount == sequence else { return }
        let key: [SQLValue] = [.text(conversation.id), .integer(Int64(sequence))]
        let bytes = try tx.first(
            "select content_bytes from messages where conversation_id = $1 and sequence = $2", key
        ) { try $0.integer(0) }
        guard let bytes else { return }
        try tx.execute("delete from messages where conversation_id = $1 and sequence = $2", key)
        try tx.execute(
            """
            update conversations set message_count = message_count - 1, content_bytes = content_bytes - $2
            where id = $1
            """, [.text(conversation.id), .integer(bytes)])
    }

    /// Shows `text`, cut to a line, in lists.
    func setPreview(
        _ text: String, of conversation: Conversation, seed: SealSeed, in tx: borrowing WriteTransaction
    ) throws {
        let line = String(text.prefix(ConversationLimits.previewCharacters))
        let sealed = try seal.seal(
            line, of: conversation.wallet, at: .preview(conversation: conversation.id), seed: seed)
        try tx.execute(
            "update conversations set preview = $2 where id = $1", [.text(conversation.id), .blob(sealed)])
    }

    /// The end of the conversation that is sent upstream, still sealed: the newest messages that keep within
    /// `ConversationLimits.historyMessages` and `.historyBytes`, in order. The newest alone always fits.
    func history(
        of conversation: Conversation, in reader: borrowing some SQLReader & ~Copyable
    ) throws -> SealedHistory {
        let first = try firstOfHistory(of: conversation, in: reader)
        let entries = try reader.rows(
            """
            select sequence, role, sealed, content_bytes from messages
            where conversation_id = $1 and sequence >= $2 order by sequence
            """,
            [.text(conversation.id), .integer(first)]
        ) { row in
            SealedHistory.Entry(
                sequence: Int(try row.integer(0)), role: try Self.role(row, 1), sealed: try row.blob(2),
                textBytes: Int(try row.integer(3)))
        }
        return SealedHistory(conversation: conversation, entries: entries)
    }

    /// Where the history begins, found without touching the texts.
    private func firstOfHistory(
        of conversation: Conversation, in reader: borrowing some SQLReader & ~Copyable
    ) throws -> Int64 {
        let newest = try reader.rows(
            """
            select sequence, content_bytes from messages where conversation_id = $1 order by sequence desc limit $2
            """,
            [.text(conversation.id), .integer(Int64(ConversationLimits.historyMessages))]
        ) { (sequence: try $0.integer(0), bytes: Int(try $0.integer(1))) }
        var total = 0
        var first = Int64.max
        for message in newest {
            total += message.bytes
            guard total <= ConversationLimits.historyBytes else { break }
            first = message.sequence
        }
        return first
    }

    /// The text of one message.
    func text(
        of conversation: Conversation, at sequence: Int, role: Role, in reader: borrowing some SQLReader & ~Copyable
    ) throws -> String? {
        try reader.first(
            "select sealed from messages where conversation_id = $1 and sequence = $2 and role = $3",
            [.text(conversation.id), .integer(Int64(sequence)), .text(role.rawValue)]
        ) { row in
            try seal.open(
                row.blob(0), of: conversation.wallet,
                at: .message(conversation: conversation.id, sequence: sequence, role: role))
        }
    }

    /// Opens what a transaction handed out: after the commit, off the database's writer.
    func open(_ history: SealedHistory) throws -> [AnthropicRequest.Message] {
        try history.entries.map { entry in
            let place = ConversationSeal.Place.message(
                conversation: history.conversation.id, sequence: entry.sequence, role: entry.role)
            return AnthropicRequest.Message(
                role: entry.role, text: try seal.open(entry.sealed, of: history.conversation.wallet, at: place))
        }
    }
}

/// The messages that go upstream, as they lie on disk.
struct SealedHistory: Sendable {
    struct Entry: Sendable {
        let sequence: Int
        let role: Role
        let sealed: [UInt8]
        let textBytes: Int
    }

    let conversation: Conversation
    let entries: [Entry]

    /// Bytes of all texts.
    var textBytes: Int { entries.reduce(0) { $0 + $1.textBytes } }
}
