/// Who speaks in a conversation. The raw value is stored and sent.
public enum Role: String, Hashable, Sendable, CaseIterable {
    /// The wallet's side.
    case user
    /// The model's side.
    case assistant
}
