public import Primitives

/// An API key as its owner sees it again: everything but the secret, which is shown once and kept nowhere.
public struct APIKey: Hashable, Sendable {
    /// A secret of it, by what is public.
    public struct Version: Hashable, Sendable {
        /// How the key begins, `sgk_0123456789ab`.
        public let prefix: String
        /// The first moment at which it is refused.
        public let endsAt: Timestamp
    }

    /// Its name in routes; it stays when the secret is rotated.
    public let id: String
    /// What the owner calls it; nil if somebody has altered the database.
    public let name: String?
    /// What it may do.
    public let permissions: [Permission]
    /// The only tool server it is good for; nil is every one.
    public let server: String?
    /// When it was made.
    public let createdAt: Timestamp
    /// When it was last used, to ten minutes; nil if not yet.
    public let lastUsedAt: Timestamp?
    /// What it is used by now.
    public let current: Version
    /// What it was used by before the last rotation, while that is still good.
    public let previous: Version?
}

/// A key whose text exists at this moment and never again.
public struct NewAPIKey: Sendable {
    /// What stays to be seen of it.
    public let key: APIKey
    /// The key itself: `sgk_...`.
    public let text: String
}
