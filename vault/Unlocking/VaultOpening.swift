public import Primitives

/// What one grant has open now, for one purpose: what an owner sees in the list of open vaults.
public struct VaultOpening: Hashable, Sendable {
    /// The login session, or the wallet token.
    public let grant: String
    /// What kind of secrets.
    public let purpose: VaultPurpose
    /// The names of the providers, servers or agents, in order.
    public let scopes: [String]
    /// When it closes by itself.
    public let expiresAt: Timestamp
}
