public import Cryptography
public import Primitives
import Synchronization

/// The vaults that are open now, each for one grant. What is kept is the vault key, wrapped under a key of this process
/// that lies in secret memory; it is unwrapped for the length of one use. Provider keys themselves are never kept.
///
/// A restart closes everything: the wrapping key is gone.
public final class OpenVaults: Sendable {
    /// How long a vault stays open after its signature was seen, in seconds, unless the grant ends earlier: about one
    /// sitting. Clients unlock again without asking, as they keep the signature.
    public static let defaultWindowSeconds: Int64 = 60 * 60
    /// Vaults open at once; some 6 MB. Above it the one that was opened longest ago is closed: its owner unlocks again.
    public static let defaultMaximum = 16_384
    /// Vaults that one wallet has open at once: more sittings than a person has. Above it the wallet's own oldest is
    /// closed, so nobody closes another's by logging in again and again.
    public static let maximumPerWallet = 8
    private static let domain = Array("sealgate/open-vault/v1".utf8)

    private let wrappingKey: Secret
    private let random: any RandomSource
    private let windowSeconds: Int64
    private let vaults: Mutex<OpenVaultTable>

    /// Nothing open, and a wrapping key born now.
    public init(
        random: any RandomSource, windowSeconds: Int64 = defaultWindowSeconds, maximum: Int = defaultMaximum
    ) throws(SecretError) {
        precondition(windowSeconds > 0, "a vault can be open for a while")
        wrappingKey = try Secret(randomCount: AESGCM.keyBytes)
        self.random = random
        self.windowSeconds = windowSeconds
        vaults = Mutex(OpenVaultTable(maximum: maximum, maximumPerWallet: OpenVaults.maximumPerWallet))
    }

    /// Keeps `key` open for the caller's grant and returns the moment at which it closes.
    @discardableResult
    func open(_ key: VaultKey, for caller: VaultCaller, at now: Timestamp) -> Timestamp {
        let expiresAt = min(now.adding(seconds: windowSeconds), caller.grantExpiresAt)
        let nonce = random.bytes(AESGCM.nonceBytes)
        let wrapped = AESGCM.seal(
            key.secret, key: wrappingKey, nonce: nonce,
            associated: OpenVaults.associated(caller.grant, caller.wallet, key.index, key.epoch))
        let vault = OpenVault(
            wallet: caller.wallet, index: key.index, epoch: key.epoch, nonce: nonce, wrapped: wrapped,
            expiresAt: expiresAt)
        vaults.withLock { $0.open(vault, for: caller.grant, at: now) }
        return expiresAt
    }

    /// The vault key of `wallet`, if it is open for `grant` at `now`. Throws if secret memory is exhausted.
    func key(of wallet: WalletID, for grant: String, at now: Timestamp) throws(AESGCMError) -> VaultKey? {
        guard let vault = vaults.withLock({ $0[grant] }), vault.wallet == wallet else { return nil }
        guard now < vault.expiresAt else {
            close(grant: grant)
            return nil
        }
        let secret = try AESGCM.openSecret(
            vault.wrapped, key: wrappingKey, nonce: vault.nonce,
            associated: OpenVaults.associated(grant, wallet, vault.index, vault.epoch))
        return VaultKey(unwrapped: secret, index: vault.index, epoch: vault.epoch)
    }

    /// Closes the grant's vault: called on logout.
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

    /// How many are open, expired ones that were not closed yet among them.
    public var count: Int { vaults.withLock { $0.count } }

    private static func associated(
        _ grant: String, _ wallet: WalletID, _ index: VaultIndex, _ epoch: VaultEpoch
    ) -> [UInt8] {
        let number = withUnsafeBytes(of: wallet.rawValue.bigEndian) { Array($0) }
        return LengthPrefixed.join(domain, Array(grant.utf8), number, index.bytes, epoch.bytes)
    }
}
