public import Primitives

/// A login session as its table holds it.
public struct SessionRow: Hashable, Sendable {
    /// The token's `jti`; also the grant that opened provider keys hang on.
    public let id: String
    /// Whose session it is.
    public let wallet: WalletID
    /// When the login succeeded.
    public let createdAt: Timestamp
    /// The first moment at which it is refused.
    public let expiresAt: Timestamp
    /// When it was logged out.
    public let revokedAt: Timestamp?
}
