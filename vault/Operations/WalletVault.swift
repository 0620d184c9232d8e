public import Cryptography
public import Database
import Ethereum
public import Primitives

/// The secrets that wallets have saved: storing, opening, rotating, deleting. A secret at rest opens only with its
/// wallet's signature; nothing that this gateway holds is enough, unless its operator lets secrets be stored without
/// one. `README.md` beside this folder says what that proves.
public struct WalletVault: Sendable {
    /// The longest secret: twice the longest provider key that is known, and what a slot of secret memory holds.
    public static let maximumSecretBytes = 512
    /// The most MCP servers, and the most agents, for which a wallet keeps secrets.
    public static let maximumScopes = 32
    /// The most secrets of one server or agent.
    public static let maximumKeysPerScope = 32
    /// How often a change is tried when others change the same vault at once.
    static let attempts = 8

    /// The gateway's own keys, each from its root, 32 bytes.
    public struct Keys: Sendable {
        let index: Secret
        let audit: Secret
        let unsigned: Secret

        /// Keys for the vault index, for the heads of audit logs, and for copies without a signature.
        public init(index: Secret, audit: Secret, unsigned: Secret) {
            self.index = index
            self.audit = audit
            self.unsigned = unsigned
        }
    }

    /// What the operator decides.
    public struct Policy: Sendable {
        let origin: String
        let chainID: Int64
        let allowsUnsigned: Bool

        /// `origin` is the public origin that stands in the signed text, `chainID` the chain that typed data name:
        /// others are other keys for everybody. `allowsUnsigned` lets secrets be stored without a signature.
        public init(origin: String, chainID: Int64, allowsUnsigned: Bool) {
            self.origin = origin
            self.chainID = chainID
            self.allowsUnsigned = allowsUnsigned
        }
    }

    let signer: VaultSigner
    let unsignedRoot: Secret
    let allowsUnsigned: Bool
    let nonces: any NonceAuthority
    let grants: any GrantAuthority
    let open: OpenVaults
    let store: any VaultStore
    let database: Database
    let clock: any WallClock
    let random: any RandomSource
    let records = VaultRecords()
    let epochs = VaultEpochs()
    let audit: AuditLog

    /// A vault.
    public init(
        _ policy: Policy, keys: Keys, nonces: any NonceAuthority, grants: any GrantAuthority, open: OpenVaults,
        store: any VaultStore, database: Database, clock: any WallClock, random: any RandomSource
    ) {
        signer = VaultSigner(
            origin: policy.origin, chainID: policy.chainID, indexKey: keys.index, release: open.release)
        unsignedRoot = keys.unsigned
        allowsUnsigned = policy.allowsUnsigned
        self.nonces = nonces
        self.grants = grants
        self.open = open
        self.store = store
        self.database = database
        self.clock = clock
        self.random = random
        audit = AuditLog(key: keys.audit, random: random)
    }

    /// At the start: puts ciphertexts aside that nothing refers to. Returns how many that are referred to are gone.
    /// Throws `VaultStoreError` if rows refer to files and there is no folder, or the other way round.
    public func recover() async throws -> Int {
        let (files, isKnown) = try await database.scan { [records] tx in
            (
                try records.files(in: tx),
                try tx.first("select 1 from vault_log limit 1", []) { try $0.integer(0) } != nil
            )
        }
        return try store.recover(keeping: Set(files), isKnown: isKnown).count
    }

    /// At the end: lets go of the place where ciphertexts lie.
    public func close() {
        store.close()
    }

    /// What to sign, the same on every call until the vault is rotated, and a fresh nonce to send with the signature.
    public func challenge(
        _ purpose: VaultPurpose, for caller: VaultCaller
    ) async throws -> (request: SigningRequest, nonce: String) {
        let epoch = try await database.read { [epochs] in try epochs.current(purpose, of: caller.wallet, in: $0) }
        return (try signer.request(purpose, epoch, for: caller.address), nonce(for: caller))
    }

    func nonce(for caller: VaultCaller) -> String {
        nonces.issue(for: caller.wallet, at: clock.now())
    }

    /// The vault as it is now.
    struct State: Sendable {
        let epoch: VaultEpoch
        let records: [VaultRecord]
    }

    /// The vault changed between two looks: look again.
    struct Changed: Error {}

    func state(_ purpose: VaultPurpose, of wallet: WalletID) async throws -> State {
        try await database.read { [records, epochs] tx in
            State(
                epoch: try epochs.current(purpose, of: wallet, in: tx),
                records: try records.all(purpose, of: wallet, in: tx))
        }
    }

    /// Takes the wallet's lock, uses up the nonce, and throws `Changed` unless the vault is as it was.
    func confirm(
        _ state: State, _ purpose: VaultPurpose, nonce: String, of caller: VaultCaller, at now: Timestamp,
        in tx: borrowing WriteTransaction
    ) throws {
        try tx.lock(caller.wallet)
        try spend(nonce, of: caller, at: now, in: tx)
        guard try epochs.current(purpose, of: caller.wallet, in: tx) == state.epoch,
            try records.all(purpose, of: caller.wallet, in: tx) == state.records
        else { throw Changed() }
    }

    /// Runs `body` until nothing changes under it.
    func untilUnchanged<R: Sendable>(_ body: () async throws -> R) async throws -> R {
        for _ in 0..<WalletVault.attempts {
            do { return try await body() } catch is Changed { continue }
        }
        throw VaultError.vaultChanged
    }

    /// Runs what judges a signature by the vault as `state` has it. A verdict that it does not fit, or that a file is
    /// not to be read, counts only while the vault is like that: another request may have replaced the file. Throws
    /// `Changed` if it is not.
    func judging<R: Sendable>(
        _ state: State, _ purpose: VaultPurpose, of wallet: WalletID, _ body: () async throws -> R
    ) async throws -> R {
        do {
            return try await body()
        } catch let error as VaultError where error == .storageFailed || error == .signerNotDeterministic {
            let present = try await self.state(purpose, of: wallet)
            guard present.epoch == state.epoch, present.records == state.records else { throw Changed() }
            throw error
        }
    }

    func spend(
        _ nonce: String, of caller: VaultCaller, at now: Timestamp, in tx: borrowing WriteTransaction
    ) throws {
        guard try nonces.consume(nonce, for: caller.wallet, at: now, in: tx) else { throw VaultError.nonceRejected }
    }

    /// The signatures and the nonce of a proof; throws if one is missing, or the nonce is none of this caller's. That
    /// comes before any work on its behalf; whether the nonce was used before shows in the commit.
    func parts(
        of proof: VaultProof, for caller: VaultCaller, at now: Timestamp
    ) throws(VaultError) -> (signatures: SignaturePair, nonce: String) {
        guard let signature = proof.signature else { throw .signatureRequired }
        guard let nonce = proof.nonce else { throw .nonceRequired }
        guard nonces.isGenuine(nonce, for: caller.wallet, at: now) else { throw .nonceRejected }
        return (SignaturePair(signature: signature, again: proof.again), nonce)
    }

    /// The gateway's own key for copies without a signature. It opens them at any time, so the guard stands here too.
    func unsignedKey(_ purpose: VaultPurpose, of address: Address) throws -> VaultKey {
        try open.release.admit()
        return try VaultKey.unsigned(from: unsignedRoot, index: signer.index(of: address), purpose: purpose)
    }

    /// Opens scopes and returns when they close; nil if the grant has ended meanwhile. See `GrantAuthority` for why
    /// that is asked afterwards.
    func opened(
        _ key: VaultKey, _ scopes: Set<SecretScope>, for caller: VaultCaller, at now: Timestamp
    ) -> Timestamp? {
        let expiresAt = open.open(key, scopes, for: caller, at: now)
        guard !grants.hasEnded(caller) else {
            open.close(grant: caller.grant)
            return nil
        }
        return expiresAt
    }
}
