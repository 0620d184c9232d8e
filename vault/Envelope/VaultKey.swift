import Cryptography
import Ethereum

/// The key of one wallet's vault in one epoch. It follows from the signature alone, so it is stored nowhere.
struct VaultKey: Sendable {
    static let byteCount = 32
    private static let salt = Array("sealgate/vault/v1".utf8)
    private static let label = Array("sealgate/vault-key/v1".utf8)

    let secret: Secret
    let index: VaultIndex
    let epoch: VaultEpoch

    /// HKDF-SHA256 over r || s. `v` stays out: wallets write it in two ways. `signature` has low s, by its type.
    init(signature: WalletSignature, index: VaultIndex, epoch: VaultEpoch) throws(SecretError) {
        let info = LengthPrefixed.join(VaultKey.label, index.bytes, epoch.bytes)
        secret = try HKDF.derive(
            salt: VaultKey.salt, input: signature.keyMaterial(), info: info, count: VaultKey.byteCount)
        self.index = index
        self.epoch = epoch
    }

    /// A key that was kept wrapped.
    init(unwrapped secret: Secret, index: VaultIndex, epoch: VaultEpoch) {
        self.secret = secret
        self.index = index
        self.epoch = epoch
    }
}
