public import Cryptography
public import Database
public import Primitives

extension ProviderVault {
    /// Whether a key is saved, and whether the caller's grant can use it now. `unlocked` is found by opening it, so it
    /// is never said of a record that another signature replaced.
    public func status(
        _ provider: ProviderSlug, for caller: VaultCaller, in tx: borrowing some SQLReader & ~Copyable
    ) throws -> ProviderStatus {
        do {
            _ = try openProviderKey(provider, of: caller.wallet, grant: caller.grant, at: clock.now(), in: tx)
            return ProviderStatus(configured: true, unlocked: true)
        } catch let error as ProviderKeyError {
            return ProviderStatus(configured: error != .missing, unlocked: false)
        }
    }

    /// Whether the wallet has saved a key for `provider`. One look-up.
    public func hasKey(
        _ provider: ProviderSlug, of wallet: WalletID, in tx: borrowing some SQLReader & ~Copyable
    ) throws -> Bool {
        try records.find(provider, of: wallet, in: tx) != nil
    }

    /// The provider key for one call. It lives as long as the caller holds it and is kept nowhere. Throws
    /// `ProviderKeyError`, `DatabaseError`, or `SecretError` if secret memory is exhausted.
    public func openProviderKey(
        _ provider: ProviderSlug, of wallet: WalletID, grant: String, at now: Timestamp,
        in tx: borrowing some SQLReader & ~Copyable
    ) throws -> Secret {
        guard let record = try records.find(provider, of: wallet, in: tx) else { throw ProviderKeyError.missing }
        guard let key = try open.key(of: wallet, for: grant, at: now) else { throw ProviderKeyError.locked }
        do throws(EnvelopeError) {
            return try key.open(Envelope(parsing: record.envelope), for: provider)
        } catch {
            switch error {
            case .memory(let error): throw error
            // Another grant stored the key again under a signature that differs.
            case .otherKey, .otherEpoch: throw ProviderKeyError.locked
            case .malformed, .unknownVersion, .damaged: throw ProviderKeyError.damaged
            }
        }
    }

    /// Notes in the caller's transaction that the key was used, beside whatever else that use wrote.
    public func noteUse(
        of provider: ProviderSlug, by wallet: WalletID, at now: Timestamp, in tx: borrowing WriteTransaction
    ) throws {
        try records.touch(provider, of: wallet, at: now, in: tx)
    }
}
