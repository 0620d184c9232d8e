public import Primitives

/// A session as its wallet's owner sees it.
public struct LiveSession: Hashable, Sendable {
    /// Its id, the token's `jti`.
    public let id: String
    /// When it began.
    public let createdAt: Timestamp
    /// When it was last used, to ten minutes; nil if not since it began, or not written down yet.
    public let lastUsedAt: Timestamp?
    /// The first moment at which it is refused.
    public let expiresAt: Timestamp

    /// How it began: `login`, `device` or `github`.
    public var kind: String { CredentialKind(id: id)?.name ?? "other" }
}
