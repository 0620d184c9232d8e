import Cryptography

/// The key of one record and its commitment, both from the vault key and the record's random salt. As every record has
/// a key of its own, no nonce can meet another under the same key.
struct RecordKey: Sendable {
    private static let encryptionLabel = Array("sealgate/vault-record/v1/encrypt".utf8)
    private static let commitmentLabel = Array("sealgate/vault-record/v1/commit".utf8)

    let secret: Secret
    let commitment: [UInt8]

    init(of vault: VaultKey, salt: [UInt8]) throws(SecretError) {
        let root = try HKDF.extract(salt: salt, input: vault.secret)
        secret = try HKDF.expand(root, info: RecordKey.encryptionLabel, count: AESGCM.keyBytes)
        let commitment = try HKDF.expand(root, info: RecordKey.commitmentLabel, count: Envelope.commitmentBytes)
        self.commitment = commitment.withBytes { Array($0) }
    }
}
