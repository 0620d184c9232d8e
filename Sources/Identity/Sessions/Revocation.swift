public import Primitives

/// What a logout ended.
public enum Revocation: Hashable, Sendable {
    /// One session or wallet token.
    case one
    /// Every wallet token of the wallet that expires at this moment or before: all that are
    /// good at the time of the logout.
    case walletTokens(upTo: Timestamp)
}
