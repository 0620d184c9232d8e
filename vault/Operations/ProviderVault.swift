public import Cryptography
public import Database
public import Primitives

/// The provider keys that wallets have saved: storing, opening, deleting. A key at rest opens only with its wallet's
/// signature; nothing that this gateway holds is enough. `README.md` beside this folder says what that proves.
public struct ProviderVault: Sendable {
    /// The longest provider key: twice the longest that is known, and what a slot of secret memory holds.
    public static let maximumKeyBytes = 512

    let signer: VaultSigner
    let nonces: any NonceAuthority
    let grants: any GrantAuthority
    let open: OpenVaults
    let database: Database
    let clock: any WallClock
    let random: any RandomSource
    let records = VaultRecords()
    let audit = VaultAudit()

    /// A vault. `origin` is the public origin that stands in the signed text: another one is another key for everybody.
    /// `indexKey` is 32 bytes derived from the gateway's root.
    public init(
        origin: String, indexKey: Secret, nonces: any NonceAuthority, grants: any GrantAuthority, open: OpenVaults,
        database: Database, clock: any WallClock, random: any RandomSource
    ) {
        signer = VaultSigner(origin: origin, indexKey: indexKey)
        self.nonces = nonces
        self.grants = grants
        self.open = open
        self.database = database
        self.clock = clock
        self.random = random
    }

    /// The text to sign, the same on every call, and a fresh nonce to send with the signature.
    public func challenge(for caller: VaultCaller) -> (message: String, nonce: String) {
        (signer.text(for: caller.address), nonces.issue(for: caller.wallet, at: clock.now()))
    }

    /// Saves the caller's key for `provider`, replacing the one before, and opens the vault for the caller's grant.
    /// Nonce, record and audit row are one commit. A grant that a logout ended meanwhile stays locked.
    /// Throws `VaultError`, `DatabaseError` or `SecretError`.
    ///
    /// If keys of other providers are saved and the signature does not open them, it is refused with
    /// `signerNotDeterministic`: the new key would be lost just so.
    public func store(
        _ provider: ProviderSlug, key: Secret, signature: Secret?, nonce: String?, for caller: VaultCaller
    ) async throws -> ProviderStatus {
        guard provider.isServed else { throw VaultError.providerUnknown }
        guard ProviderVault.isProviderKey(key) else { throw VaultError.keyInvalid }
        let (vaultKey, nonce) = try proof(signature, nonce, of: caller)
        let record = VaultRecord(
            provider: provider, envelope: try vaultKey.seal(key, for: provider, random: random).bytes,
            textVersion: VaultText.version, epoch: vaultKey.epoch)
        let now = clock.now()
        try await database.write { [self] tx in
            try tx.lock(caller.wallet)
            try spend(nonce, of: caller, at: now, in: tx)
            let others = try records.all(of: caller.wallet, in: tx).filter { $0.provider != provider }
            guard try others.allSatisfy({ try vaultKey.opens($0) }) else { throw VaultError.signerNotDeterministic }
            try records.put(record, of: caller.wallet, at: now, in: tx)
            try audit.append(.stored, provider, by: caller, at: now, in: tx)
        }
        return ProviderStatus(configured: true, unlocked: opened(vaultKey, for: caller, at: now) != nil)
    }

    /// Forgets the caller's key for `provider`. Says whether there was one.
    @discardableResult
    public func delete(_ provider: ProviderSlug, for caller: VaultCaller) async throws -> Bool {
        let now = clock.now()
        let (deleted, left) = try await database.write { [self] tx in
            try tx.lock(caller.wallet)
            let deleted = try records.delete(provider, of: caller.wallet, in: tx)
            if deleted { try audit.append(.deleted, provider, by: caller, at: now, in: tx) }
            return (deleted, try records.all(of: caller.wallet, in: tx).count)
        }
        if left == 0 { open.close(wallet: caller.wallet) }
        return deleted
    }

    /// Opens what the caller's signature opens, for the caller's grant and no longer than the window of `OpenVaults`.
    /// `providers` nil asks for everything saved. For a grant that a logout ended meanwhile nothing opens.
    /// Throws `VaultError`, `DatabaseError` or `SecretError`.
    public func unlock(
        signature: Secret?, nonce: String?, providers: [String]?, for caller: VaultCaller
    ) async throws -> UnlockOutcome {
        let (vaultKey, nonce) = try proof(signature, nonce, of: caller)
        let now = clock.now()
        let plan = try await database.write { [self] tx in
            try tx.lock(caller.wallet)
            try spend(nonce, of: caller, at: now, in: tx)
            let records = try records.all(of: caller.wallet, in: tx)
            let plan = try UnlockPlan(records: records, wanted: providers, key: vaultKey)
            guard !plan.signerIsNotDeterministic else { throw VaultError.signerNotDeterministic }
            for provider in plan.unlocked { try audit.append(.unlocked, provider, by: caller, at: now, in: tx) }
            return plan
        }
        guard !plan.unlocked.isEmpty, let expiresAt = opened(vaultKey, for: caller, at: now) else {
            return UnlockOutcome(plan, unlocked: [], expiresInMilliseconds: 0)
        }
        return UnlockOutcome(
            plan, unlocked: plan.unlocked, expiresInMilliseconds: expiresAt.unixMilliseconds - now.unixMilliseconds)
    }

    /// Opens the vault and returns when it closes; nil if the grant has ended meanwhile. See `GrantAuthority` for why
    /// that is asked afterwards.
    private func opened(_ key: VaultKey, for caller: VaultCaller, at now: Timestamp) -> Timestamp? {
        let expiresAt = open.open(key, for: caller, at: now)
        guard !grants.hasEnded(caller) else {
            open.close(grant: caller.grant)
            return nil
        }
        return expiresAt
    }

    /// The caller's vault key and nonce, once the signature has proved itself.
    private func proof(
        _ signature: Secret?, _ nonce: String?, of caller: VaultCaller
    ) throws -> (key: VaultKey, nonce: String) {
        guard let signature else { throw VaultError.signatureRequired }
        guard let nonce else { throw VaultError.nonceRequired }
        return (try signer.key(from: signature, for: caller.address), nonce)
    }

    private func spend(
        _ nonce: String, of caller: VaultCaller, at now: Timestamp, in tx: borrowing WriteTransaction
    ) throws {
        guard try nonces.consume(nonce, for: caller.wallet, at: now, in: tx) else { throw VaultError.nonceRejected }
    }

    /// Visible ASCII only: the key goes into a request header, where a line break would begin another one.
    private static func isProviderKey(_ key: Secret) -> Bool {
        key.withBytes { bytes in
            (1...maximumKeyBytes).contains(bytes.count) && bytes.allSatisfy { (0x21...0x7E).contains($0) }
        }
    }
}
