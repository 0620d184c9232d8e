public import Primitives

/// What a logout ended.
public enum Revocation: Hashable, Sendable {
    /// One session or wallet token.
    case one
    /// Every wallet token of the wallet that expires at this moment or before: all that exist, and all that can be
    /// made for now.
    case walletTokens(upTo: Timestamp)
}
