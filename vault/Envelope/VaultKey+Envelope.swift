import Cryptography
import Primitives

extension VaultKey {
    /// Seals `text` for `provider` with a fresh salt and nonce from `random`. The text is 1 to 4,096 bytes.
    func seal(_ text: Secret, for provider: ProviderSlug, random: some RandomSource) throws(SecretError) -> Envelope {
        let salt = random.bytes(Envelope.saltBytes)
        let nonce = random.bytes(Envelope.nonceBytes)
        let key = try RecordKey(of: self, salt: salt)
        let sealed = AESGCM.seal(text, key: key.secret, nonce: nonce, associated: associated(with: provider))
        return Envelope(epoch: epoch, salt: salt, nonce: nonce, commitment: key.commitment, sealed: sealed)
    }

    /// Opens an envelope that was stored for `provider`. The commitment is compared, in constant time, before anything
    /// is decrypted: AES-GCM alone lets one text open under several keys.
    func open(_ envelope: Envelope, for provider: ProviderSlug) throws(EnvelopeError) -> Secret {
        guard envelope.epoch == epoch else { throw .otherEpoch }
        let key: RecordKey
        do throws(SecretError) { key = try RecordKey(of: self, salt: envelope.salt) } catch { throw .memory(error) }
        guard ConstantTime.equal(key.commitment, envelope.commitment) else { throw .otherKey }
        do throws(AESGCMError) {
            return try AESGCM.openSecret(
                envelope.sealed, key: key.secret, nonce: envelope.nonce, associated: associated(with: provider))
        } catch {
            if case .memory(let error) = error { throw .memory(error) }
            throw .damaged
        }
    }

    /// Where an envelope belongs: it opens nowhere else.
    private func associated(with provider: ProviderSlug) -> [UInt8] {
        LengthPrefixed.join(
            [Envelope.version], [Envelope.suite], index.bytes, Array(provider.text.utf8), epoch.bytes)
    }
}
