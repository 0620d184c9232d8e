/// What may be told about a saved provider key. Never anything of the key.
public struct ProviderStatus: Hashable, Sendable {
    /// A key is saved.
    public let configured: Bool
    /// The caller's grant can use it now.
    public let unlocked: Bool

    /// A status from its parts.
    public init(configured: Bool, unlocked: Bool) {
        self.configured = configured
        self.unlocked = unlocked
    }
}
