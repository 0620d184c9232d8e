public import Ethereum
public import Primitives

/// What a client gets that has logged in.
public struct LoginGrant: Hashable, Sendable {
    /// The session's JWT.
    public let token: String
    /// Whose session it is.
    public let address: Address
    /// The wallet's number.
    public let walletID: WalletID
    /// The session's id, the token's `jti`.
    public let sessionID: String
    /// The first moment at which the token is refused.
    public let expiresAt: Timestamp
}
