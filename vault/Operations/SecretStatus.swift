/// What may be told about a saved secret. Never anything of the secret.
public struct SecretStatus: Hashable, Sendable {
    /// Something is saved.
    public let configured: Bool
    /// The caller's grant can use it now.
    public let unlocked: Bool
    /// How its signature was made; nil if there is none.
    public let kind: VaultTextKind?
    /// There is a copy that the gateway can open alone.
    public let hasUnsignedCopy: Bool
    /// Whether a second signature was seen to be the same; nil if nothing is saved under one.
    public let isProven: Bool?
}
