import Cryptography

extension VaultKey {
    private static let unsignedLabel = Array("sealgate/vault-unsigned/v1".utf8)

    /// The key of copies that were stored without a signature: the gateway makes it alone from `root`, a key under its
    /// root secret. Such a copy is safe from whoever has the disk, and from nobody who has the gateway.
    static func unsigned(
        from root: Secret, index: VaultIndex, purpose: VaultPurpose
    ) throws(SecretError) -> VaultKey {
        let info = LengthPrefixed.join(unsignedLabel, index.bytes, Array(purpose.rawValue.utf8))
        return VaultKey(
            unwrapped: try HKDF.expand(root, info: info, count: byteCount), index: index, epoch: .first,
            purpose: purpose, kind: nil)
    }
}
