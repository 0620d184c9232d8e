public import Cryptography
public import Primitives
import Synchronization

/// The vaults that are open now, each for one grant and purpose, and in each the scopes that were opened: others stay
/// shut although the same key would open them. What is kept is the vault key, wrapped under a key of this process that
/// lies in secret memory; it is unwrapped for the length of one use. Secrets themselves are never kept.
///
/// A restart closes everything: the wrapping key is gone.
public final class OpenVaults: Sendable {
    /// How long a vault stays open after its signature was seen, in seconds, unless the grant ends earlier: about one
    /// sitting. Clients unlock again without asking, as they keep the signature.
    public static let defaultWindowSeconds: Int64 = 60 * 60
    /// Grants with open vaults at once; some 6 MB for each purpose. Above it the one that was opened longest ago is
    /// closed: its owner unlocks again.
    public static let defaultMaximum = 16_384
    /// Grants of one wallet with open vaults at once: more sittings than a person has. Above it the wallet's own oldest
    /// is closed, so nobody closes another's by logging in again and again.
    public static let maximumPerWallet = 8
    private static let domain = Array("sealgate/open-vault/v1".utf8)

    /// Asked before each unwrapping.
    let release: ReleaseGuard
    private let wrappingKey: Secret
    private let random: any RandomSource
    private let windowSeconds: Int64
    private let vaults: Mutex<OpenVaultTable>

    /// Nothing open, and a wrapping key born now. `release` stands before everything that this vault opens.
    public init(
        random: any RandomSource, release: ReleaseGuard, windowSeconds: Int64 = defaultWindowSeconds,
        maximum: Int = defaultMaximum
    ) throws(SecretError) {
        precondition(windowSeconds > 0, "a vault can be open for a while")
        wrappingKey = try Secret(randomCount: AESGCM.keyBytes)
        self.random = random
        self.release = release
        self.windowSeconds = windowSeconds
        vaults = Mutex(OpenVaultTable(maximum: maximum, maximumPerWallet: OpenVaults.maximumPerWallet))
    }

    /// Keeps `key` open for the caller's grant, for these scopes beside those that it has open with such a key, and
    /// returns the moment at which it closes.
    @discardableResult
    func open(
        _ key: VaultKey, _ scopes: Set<SecretScope>, for caller: VaultCaller, at now: Timestamp
    ) -> Timestamp {
        let expiresAt = min(now.adding(seconds: windowSeconds), caller.grantExpiresAt)
        let nonce = random.bytes(AESGCM.nonceBytes)
        var vault = OpenVault(
            wallet: caller.wallet, index: key.index, purpose: key.purpose, kind: key.kind, epoch: key.epoch,
            nonce: nonce,
            wrapped: AESGCM.seal(
                key.secret, key: wrappingKey, nonce: nonce,
                associated: OpenVaults.associated(
                    caller.grant, caller.wallet, key.index, key.epoch, key.purpose, key.kind)),
            scopes: scopes, expiresAt: expiresAt)
        vaults.withLock { table in
            if let old = table[caller.grant, key.purpose], old.wallet == caller.wallet, old.kind == key.kind,
                old.epoch == key.epoch, now < old.expiresAt
            {
                vault.scopes.formUnion(old.scopes)
            }
            table.open(vault, for: caller.grant, at: now)
        }
        return expiresAt
    }

    /// The vault key of `wallet`, if `scope` is open for `grant` at `now`. Throws
    /// `AESGCMError` if secret memory is exhausted and `ReleaseBlocked` if this instance must not open it.
    func key(
        to scope: SecretScope, of wallet: WalletID, for grant: String, at now: Timestamp
    ) throws -> VaultKey? {
        guard let vault = vaults.withLock({ $0[grant, scope.purpose] }), vault.wallet == wallet else { return nil }
        guard now < vault.expiresAt else {
            close(nil, of: scope.purpose, for: grant)
            return nil
        }
        guard vault.scopes.contains(scope) else { return nil }
        try release.admit()
        let secret = try AESGCM.openSecret(
            vault.wrapped, key: wrappingKey, nonce: vault.nonce,
            associated: OpenVaults.associated(grant, wallet, vault.index, vault.epoch, vault.purpose, vault.kind))
        return VaultKey(
            unwrapped: secret, index: vault.index, epoch: vault.epoch, purpose: vault.purpose, kind: vault.kind)
    }

    /// Closes some of what the grant has open for a purpose, or with nil all of it. Returns what was open of that.
    @discardableResult
    func close(
        _ scopes: Set<SecretScope>?, of purpose: VaultPurpose, for grant: String
    ) -> Set<SecretScope> {
        vaults.withLock { $0.close(scopes, of: purpose, for: grant) }
    }

    /// Closes some of what any grant of the wallet has open for a purpose, or with nil all of it. Returns what was open
    /// of that.
    @discardableResult
    func close(
        _ scopes: Set<SecretScope>?, of purpose: VaultPurpose, wallet: WalletID
    ) -> Set<SecretScope> {
        vaults.withLock { table in
            table.vaults(of: wallet).reduce(into: Set<SecretScope>()) { closed, open in
                guard open.vault.purpose == purpose else { return }
                closed.formUnion(table.close(scopes, of: purpose, for: open.grant))
            }
        }
    }

    /// What the wallet has open at `now`, grant by grant.
    func openings(of wallet: WalletID, at now: Timestamp) -> [VaultOpening] {
        vaults.withLock { $0.vaults(of: wallet) }.filter { now < $0.vault.expiresAt }.map { grant, vault in
            VaultOpening(
                grant: grant, purpose: vault.purpose, scopes: vault.scopes.map(\.text).sorted(),
                expiresAt: vault.expiresAt)
        }
    }

    /// Closes all that the grant has open: called on logout.
    public func close(grant: String) {
        vaults.withLock { $0.close(grant: grant) }
    }

    /// Closes every vault of the wallet.
    public func close(wallet: WalletID) {
        vaults.withLock { $0.close(wallet: wallet) }
    }

    /// Closes the vaults whose time is over at `now`. They would not open anyway; this frees their memory.
    public func closeExpired(at now: Timestamp) {
        vaults.withLock { $0.closeExpired(at: now) }
    }

    /// How many grants have something open, expired ones that were not closed yet among them.
    public var count: Int { vaults.withLock { $0.count } }

    private static func associated(
        _ grant: String, _ wallet: WalletID, _ index: VaultIndex, _ epoch: VaultEpoch, _ purpose: VaultPurpose,
        _ kind: VaultTextKind?
    ) -> [UInt8] {
        let number = withUnsafeBytes(of: wallet.rawValue.bigEndian) { Array($0) }
        return LengthPrefixed.join(
            domain, Array(grant.utf8), number, index.bytes, epoch.bytes, Array(purpose.rawValue.utf8),
            [kind?.code ?? 0])
    }
}
