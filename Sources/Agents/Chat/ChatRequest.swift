public import Primitives

/// A message to an agent.
public struct ChatRequest: Sendable {
    /// Whose message it is, and who pays.
    public let wallet: WalletID
    /// The login session or signed grant under which the wallet's keys may be opened.
    public let grant: String
    /// The agent of the path.
    public let agentID: String
    /// The conversation of the path.
    public let conversationID: String
    /// What is said.
    public let text: String
    /// The model, or nil for the conversation's.
    public let model: String?
    /// The most output tokens, or nil for the model's default.
    public let maximumOutputTokens: Int?
    /// The client's Idempotency-Key, if it sent one.
    public let idempotencyKey: String?

    /// A message.
    public init(
        wallet: WalletID, grant: String, agentID: String, conversationID: String, text: String, model: String? = nil,
        maximumOutputTokens: Int? = nil, idempotencyKey: String? = nil
    ) {
        self.wallet = wallet
        self.grant = grant
        self.agentID = agentID
        self.conversationID = conversationID
        self.text = text
        self.model = model
        self.maximumOutputTokens = maximumOutputTokens
        self.idempotencyKey = idempotencyKey
    }

    /// What can be said of the request without looking anything up.
    func check() throws(ChatError) {
        guard text.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else { throw .emptyMessage }
        guard text.utf8.count <= ConversationLimits.messageBytes else { throw .messageTooLong }
        if let limit = maximumOutputTokens, limit < 1 { throw .invalidOutputLimit }
        if let key = idempotencyKey, !TurnKey.isValid(key) { throw .invalidIdempotencyKey }
    }

    /// What makes two requests the same request, unambiguously.
    var canonicalBytes: [UInt8] {
        let json: JSON = [
            "agent": .string(agentID), "session": .string(conversationID), "text": .string(text),
            "model": model.map { .string($0) } ?? .null,
            "maximumOutputTokens": maximumOutputTokens.map { .integer(Int64($0)) } ?? .null,
        ]
        return json.canonicalBytes
    }
}
