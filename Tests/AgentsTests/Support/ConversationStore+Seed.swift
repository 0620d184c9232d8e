import Database
import Primitives

@testable import Agents

extension ConversationStore {
    /// Adds a message, sealed by randomness of its own.
    func append(_ message: Message, to conversation: Conversation, in tx: borrowing WriteTransaction) throws -> Int {
        try append(message, to: conversation, seed: SealSeed(SystemRandom()), in: tx)
    }

    /// Sets the preview, sealed by randomness of its own.
    func setPreview(_ text: String, of conversation: Conversation, in tx: borrowing WriteTransaction) throws {
        try setPreview(text, of: conversation, seed: SealSeed(SystemRandom()), in: tx)
    }
}
