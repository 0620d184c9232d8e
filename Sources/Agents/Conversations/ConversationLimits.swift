/// The bounds of what a wallet may keep and send, each with its reason.
public enum ConversationLimits {
    /// Conversations a wallet may have: listing them all stays one short read.
    public static let perWallet = 1_000
    /// Messages a conversation may hold: reading it back stays one bounded answer.
    public static let messages = 1_000
    /// Bytes of text a conversation may hold before its next turn is refused, for the same reason. The answer that
    /// passes this bound is kept, so a conversation can exceed it by one answer.
    public static let contentBytes = 4 << 20
    /// Bytes of UTF-8 in one message of a user: about thirty thousand words, and a quarter of what is sent upstream.
    public static let messageBytes = 128 << 10
    /// Messages sent upstream with a new one, that one included: what a model can make use of.
    public static let historyMessages = 200
    /// Bytes of text sent upstream, the new message included: some 130,000 tokens, which every offered model takes.
    public static let historyBytes = 512 << 10
    /// Characters of a conversation's preview: one line of a list.
    public static let previewCharacters = 120
}
