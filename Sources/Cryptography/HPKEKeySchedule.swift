/// The keys that both ends of a context derive (RFC 9180 sections 4.1 and 5.1), base mode.
struct HPKEKeySchedule: Sendable {
    private static let baseMode: UInt8 = 0

    let key: Secret
    let baseNonce: [UInt8]
    let exporter: Secret
    private let labels: HPKELabels

    /// Section 4.1 `Encap`: what the sender derives, with the ephemeral public key as `enc`.
    static func encapsulate(
        _ ephemeral: X25519PrivateKey, to recipient: X25519PublicKey
    ) throws(HPKEError) -> Secret {
        try sharedSecret(
            ephemeral, with: recipient, context: ephemeral.publicKey.bytes + recipient.bytes)
    }

    /// Section 4.1 `Decap`.
    static func decapsulate(_ encapsulated: [UInt8], with key: X25519PrivateKey) throws(HPKEError) -> Secret {
        guard let sender = X25519PublicKey(encapsulated) else { throw .malformed }
        return try sharedSecret(key, with: sender, context: encapsulated + key.publicKey.bytes)
    }

    private static func sharedSecret(
        _ key: X25519PrivateKey, with other: X25519PublicKey, context: [UInt8]
    ) throws(HPKEError) -> Secret {
        let labels = HPKELabels.kem
        let shared: Secret?
        do throws(SecretError) {
            shared =
                if let agreed = try key.agree(with: other) {
                    try labels.expand(
                        labels.extract("eae_prk", agreed), "shared_secret", context, count: SHA256.digestBytes)
                } else {
                    nil
                }
        } catch {
            throw .memory(error)
        }
        guard let shared else { throw .smallOrderKey }
        return shared
    }

    /// Section 5.1 `KeySchedule` with an empty PSK. The last two parameters are others in published vectors only.
    init(
        sharedSecret: Secret, info: [UInt8], aeadID: UInt16 = HPKE.aeadID, keyBytes: Int = AESGCM.keyBytes
    ) throws(HPKEError) {
        labels = HPKELabels.schedule(aeadID: aeadID)
        do throws(SecretError) {
            let identity = try labels.extract(salt: nil, "psk_id_hash", [])
            let purpose = try labels.extract(salt: nil, "info_hash", info)
            let context =
                [HPKEKeySchedule.baseMode] + identity.withBytes { Array($0) } + purpose.withBytes { Array($0) }
            let secret = try labels.extract(salt: sharedSecret, "secret", [])
            key = try labels.expand(secret, "key", context, count: keyBytes)
            baseNonce = try labels.expand(secret, "base_nonce", context, count: AESGCM.nonceBytes)
                .withBytes { Array($0) }
            exporter = try labels.expand(secret, "exp", context, count: SHA256.digestBytes)
        } catch {
            throw .memory(error)
        }
    }

    /// Section 5.2 `ComputeNonce`: the base nonce XOR the sequence number, big endian.
    func nonce(_ sequence: UInt64) -> [UInt8] {
        var nonce = baseNonce
        for place in 0..<8 {
            nonce[nonce.count - 1 - place] ^= UInt8(truncatingIfNeeded: sequence >> UInt64(8 * place))
        }
        return nonce
    }

    /// Section 5.3 `Export`.
    func export(_ context: [UInt8], count: Int) throws(HPKEError) -> Secret {
        do throws(SecretError) {
            return try labels.expand(exporter, "sec", context, count: count)
        } catch {
            throw .memory(error)
        }
    }
}
