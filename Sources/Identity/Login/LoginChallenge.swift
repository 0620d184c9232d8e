public import Primitives

/// What a client gets that asks to log in.
public struct LoginChallenge: Hashable, Sendable {
    /// To be sent back with the signature.
    public let nonce: String
    /// The text to sign, as an EIP-191 personal message.
    public let message: String
    /// The first moment at which it is refused.
    public let expiresAt: Timestamp
}
