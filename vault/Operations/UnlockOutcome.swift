/// What an unlock did, scope by scope, each list in the order of names.
public struct UnlockOutcome: Hashable, Sendable {
    /// Their secrets, or some of them, can be used by this grant.
    public let unlockedProviders: [String]
    /// Saved, asked for, but sealed under another signature or damaged, or the session ended meanwhile. A server with
    /// several secrets may be among the unlocked as well.
    public let lockedProviders: [String]
    /// Asked for, but nothing is saved under that name.
    public let skippedProviders: [String]
    /// Those of the unlocked that were under the gateway's own key before.
    public let migratedProviders: [String]
    /// The way of signing that opens what stayed shut for the want of it; nil if nothing did.
    public let neededKind: VaultTextKind?
    /// How long they stay open, in milliseconds; 0 if nothing was unlocked.
    public let expiresInMilliseconds: Int64

    /// Whether anything can be used now that was saved.
    public var unlocked: Bool { !unlockedProviders.isEmpty }
}

extension UnlockOutcome {
    /// What came of a plan when `unlocked` could be opened; the rest of what was asked for stays locked.
    init(_ plan: UnlockPlan, unlocked: [SecretScope], expiresInMilliseconds: Int64) {
        let migrated = Set(plan.migrating.map(\.record.name.scope)).intersection(unlocked)
        self.init(
            unlockedProviders: unlocked.map(\.text),
            lockedProviders: Set(plan.locked + plan.unlocked.filter { !unlocked.contains($0) }).map(\.text).sorted(),
            skippedProviders: plan.skipped, migratedProviders: migrated.map(\.text).sorted(),
            neededKind: plan.neededKind, expiresInMilliseconds: expiresInMilliseconds)
    }
}
