import Cryptography
import Ethereum

/// The key of one wallet's vault, for one purpose, in one epoch. It follows from the signature alone, so it is stored
/// nowhere.
struct VaultKey: Sendable {
    static let byteCount = 32
    private static let salt = Array("sealgate/vault/v1".utf8)
    private static let firstLabel = Array("sealgate/vault-key/v1".utf8)
    private static let label = Array("sealgate/vault-key/v2".utf8)

    let secret: Secret
    let index: VaultIndex
    let epoch: VaultEpoch
    let purpose: VaultPurpose
    /// How it was signed; nil for the key of unsigned copies, which the gateway makes alone.
    let kind: VaultTextKind?

    /// HKDF-SHA256 over r || s. `v` stays out: wallets write it in two ways. `signature` has low s, by its type.
    /// Provider keys under the plain text keep the derivation that they were first stored with.
    init(
        signature: WalletSignature, index: VaultIndex, epoch: VaultEpoch, purpose: VaultPurpose = .providers,
        kind: VaultTextKind = .personal
    ) throws(SecretError) {
        let info =
            purpose == .providers && kind == .personal
            ? LengthPrefixed.join(VaultKey.firstLabel, index.bytes, epoch.bytes)
            : LengthPrefixed.join(
                VaultKey.label, index.bytes, epoch.bytes, Array(purpose.rawValue.utf8), [kind.code])
        secret = try HKDF.derive(
            salt: VaultKey.salt, input: signature.keyMaterial(), info: info, count: VaultKey.byteCount)
        self.index = index
        self.epoch = epoch
        self.purpose = purpose
        self.kind = kind
    }

    /// A key that was kept wrapped, or made otherwise.
    init(
        unwrapped secret: Secret, index: VaultIndex, epoch: VaultEpoch, purpose: VaultPurpose = .providers,
        kind: VaultTextKind? = .personal
    ) {
        self.secret = secret
        self.index = index
        self.epoch = epoch
        self.purpose = purpose
        self.kind = kind
    }
}
