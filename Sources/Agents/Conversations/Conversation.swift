public import Primitives

/// One wallet's talk with one agent, without its messages.
public struct Conversation: Hashable, Sendable {
    /// `ses_...`: clients call conversations sessions.
    public let id: String
    /// Whose it is. Another wallet's is never found.
    public let wallet: WalletID
    /// With whom.
    public let agentID: String
    /// The model, as the client named it, of turns that name none.
    public let model: String
    /// The engine the client asked for, if it named one.
    public let executionEngine: String?
    /// When it was made.
    public let createdAt: Timestamp
    /// When its last turn began or ended.
    public let lastActiveAt: Timestamp
    /// How many messages it holds.
    public let messageCount: Int
    /// Bytes of text in them.
    public let contentBytes: Int

    /// A conversation.
    public init(
        id: String, wallet: WalletID, agentID: String, model: String, executionEngine: String? = nil,
        createdAt: Timestamp, lastActiveAt: Timestamp, messageCount: Int = 0, contentBytes: Int = 0
    ) {
        self.id = id
        self.wallet = wallet
        self.agentID = agentID
        self.model = model
        self.executionEngine = executionEngine
        self.createdAt = createdAt
        self.lastActiveAt = lastActiveAt
        self.messageCount = messageCount
        self.contentBytes = contentBytes
    }
}

/// A conversation as a list shows it.
public struct ConversationSummary: Hashable, Sendable {
    /// The conversation.
    public let conversation: Conversation
    /// How the user's last answered message begins; nil before the first answer.
    public let preview: String?
}

/// A conversation with its messages, in order.
public struct ConversationTranscript: Hashable, Sendable {
    /// The conversation.
    public let conversation: Conversation
    /// Its messages.
    public let messages: [Message]
}

/// One message of a conversation.
public struct Message: Hashable, Sendable {
    /// Who speaks.
    public let role: Role
    /// What was said; empty if an answer ended before its first word.
    public let text: String
    /// False if the answer was cut off.
    public let isWhole: Bool
    /// When it was said.
    public let createdAt: Timestamp

    /// A message.
    public init(role: Role, text: String, isWhole: Bool = true, createdAt: Timestamp) {
        self.role = role
        self.text = text
        self.isWhole = isWhole
        self.createdAt = createdAt
    }
}
