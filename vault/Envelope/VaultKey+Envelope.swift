import Cryptography
import Primitives

extension VaultKey {
    /// Seals `text` as `name` with a fresh salt and nonce from `random`. The text is 1 to 4,096 bytes.
    func seal(_ text: Secret, as name: SecretName, random: some RandomSource) throws(SecretError) -> Envelope {
        let salt = random.bytes(Envelope.saltBytes)
        let nonce = random.bytes(Envelope.nonceBytes)
        let key = try RecordKey(of: self, salt: salt)
        let sealed = AESGCM.seal(text, key: key.secret, nonce: nonce, associated: associated(with: name))
        return Envelope(epoch: epoch, salt: salt, nonce: nonce, commitment: key.commitment, sealed: sealed)
    }

    /// Opens an envelope that was stored as `name`. The commitment is compared, in constant time, before anything
    /// is decrypted: AES-GCM alone lets one text open under several keys.
    func open(_ envelope: Envelope, as name: SecretName) throws(EnvelopeError) -> Secret {
        guard envelope.epoch == epoch else { throw .otherEpoch }
        let key: RecordKey
        do throws(SecretError) { key = try RecordKey(of: self, salt: envelope.salt) } catch { throw .memory(error) }
        guard ConstantTime.equal(key.commitment, envelope.commitment) else { throw .otherKey }
        do throws(AESGCMError) {
            return try AESGCM.openSecret(
                envelope.sealed, key: key.secret, nonce: envelope.nonce, associated: associated(with: name))
        } catch {
            if case .memory(let error) = error { throw .memory(error) }
            throw .damaged
        }
    }

    /// Where an envelope belongs: it opens nowhere else.
    private func associated(with name: SecretName) -> [UInt8] {
        LengthPrefixed.join(
            [Envelope.version], [Envelope.suite], index.bytes, Array(name.label.utf8), epoch.bytes)
    }
}
