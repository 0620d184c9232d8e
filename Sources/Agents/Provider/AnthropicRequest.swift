import Primitives

/// A request to the Anthropic Messages API that asks for a stream.
/// https://platform.claude.com/docs/en/api/messages
public struct AnthropicRequest: Hashable, Sendable {
    /// One message of the conversation.
    public struct Message: Hashable, Sendable {
        /// Who speaks.
        public let role: Role
        /// What was said. The API refuses an empty text.
        public let text: String

        /// A message.
        public init(role: Role, text: String) {
            self.role = role
            self.text = text
        }
    }

    /// The version of the API that `AnthropicStream` reads.
    public static let version = "2023-06-01"
    /// The path below the base URL.
    public static let path = "/v1/messages"

    /// The provider's id of the model.
    public let model: String
    /// The most output tokens, thinking included. Always sent: it is what makes a hold an upper bound.
    public let maximumTokens: Int
    /// What the model is told before the conversation.
    public let system: String
    /// The conversation; the last message is the user's.
    public let messages: [Message]
    /// The body as it is sent, in JSON.
    public let body: [UInt8]

    /// A request for the end of `conversation` that the API takes: it begins with a user's message, and messages
    /// without text (an answer that was cut off before its first word) are left out. Writes the body, at some
    /// nanoseconds a byte.
    public init(model: String, maximumTokens: Int, system: String, conversation: [Message]) {
        self.model = model
        self.maximumTokens = maximumTokens
        self.system = system
        messages = Array(conversation.filter { !$0.text.isEmpty }.drop { $0.role != .user })
        let json: JSON = [
            "model": .string(model), "max_tokens": .integer(Int64(maximumTokens)), "system": .string(system),
            "messages": .array(messages.map { ["role": .string($0.role.rawValue), "content": .string($0.text)] }),
            "stream": true,
        ]
        body = json.bytes
    }

    /// What the API puts around each message, in tokens, at the most. (It is three or four.)
    static let framingTokens = 32

    /// No request with these has more input tokens: a token covers at least one byte of text.
    static func inputBound(systemBytes: Int, textBytes: Int, messageCount: Int) -> Int {
        systemBytes + textBytes + (messageCount + 1) * framingTokens
    }

    /// Header fields besides the key, which is never a plain value.
    public static let fields: [(String, String)] = [
        ("anthropic-version", version), ("content-type", "application/json"), ("accept", "text/event-stream"),
    ]
    /// What the key is called where its value was taken out of a text.
    static let keyName = "ANTHROPIC_API_KEY"
    /// The header field that carries the key.
    public static let keyField = "x-api-key"
}
