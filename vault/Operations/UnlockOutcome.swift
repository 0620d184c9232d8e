/// What an unlock did, provider by provider, each list in the order of names.
public struct UnlockOutcome: Hashable, Sendable {
    /// Their keys can be used by this grant.
    public let unlockedProviders: [String]
    /// Saved, asked for, but sealed under another signature or damaged, or the session ended meanwhile.
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

extension UnlockOutcome {
    /// What came of a plan when `unlocked` could be opened; the rest of what was asked for stays locked.
    init(_ plan: UnlockPlan, unlocked: [ProviderSlug], expiresInMilliseconds: Int64) {
        let locked = plan.locked + plan.unlocked.filter { !unlocked.contains($0) }
        self.init(
            unlockedProviders: unlocked.map(\.text), lockedProviders: locked.map(\.text).sorted(),
            skippedProviders: plan.skipped, migratedProviders: [], expiresInMilliseconds: expiresInMilliseconds)
    }
}
