public import Primitives

/// What a client needs to write a Sign-In text of its own.
public struct SignInNonce: Hashable, Sendable {
    /// The nonce.
    public let nonce: String
    /// What to name as domain.
    public let domain: String
    /// What to name as URI; any path below it will do.
    public let uri: String
    /// The chains to choose from, the preferred one first.
    public let chainIDs: [UInt64]
    /// The first moment at which the nonce is refused.
    public let expiresAt: Timestamp
}
