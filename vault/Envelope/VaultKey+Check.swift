import Cryptography

extension VaultKey {
    private static let checkLabel = Array("sealgate/vault-check/v1".utf8)

    /// 32 bytes by which a later signature is known to be the one that `name` was stored under, without opening
    /// anything: an HMAC under a sub-key. Nothing of the signature can be learnt from it, as from a hash it could.
    func check(of name: SecretName) throws(SecretError) -> [UInt8] {
        let key = try HKDF.expand(secret, info: VaultKey.checkLabel, count: VaultKey.byteCount)
        return HMACSHA256.code(
            over: LengthPrefixed.join(VaultKey.checkLabel, index.bytes, Array(name.label.utf8), epoch.bytes), key: key)
    }
}
