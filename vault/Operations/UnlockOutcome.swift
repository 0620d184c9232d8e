/// What an unlock did, provider by provider, each list in the order of names.
public struct UnlockOutcome: Hashable, Sendable {
    /// Their keys can be used by this grant.
    public let unlockedProviders: [String]
    /// Saved, asked for, but sealed under another signature or damaged.
    public let lockedProviders: [String]
    /// Asked for, but nothing is saved under that name.
    public let skippedProviders: [String]
    /// Keys that were moved here from an older way of storing them. There is none, so always empty.
    public let migratedProviders: [String]
    /// How long they stay open, in milliseconds; 0 if nothing was unlocked.
    public let expiresInMilliseconds: Int64

    /// Whether anything can be used now that was saved.
    public var unlocked: Bool { !unlockedProviders.isEmpty }
}
