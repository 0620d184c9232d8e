public import Cryptography
import Ethereum

/// The key to which clients seal secrets: born with the process, in secret memory, never written. The attestation
/// statement names its public half, so that who checks the evidence knows for whose eyes a secret is.
public struct SealingKey: Sendable {
    private static let domain = Array("sealgate/vault-sealed/v1".utf8)

    private let key: X25519PrivateKey

    /// A key born now.
    public init() throws(SecretError) {
        key = try X25519PrivateKey.generate()
    }

    /// The public half.
    public var publicKey: X25519PublicKey { key.publicKey }

    /// Opens what the caller has sealed for this purpose and the request with this nonce (empty if it has none),
    /// straight into secret memory. Throws `SealedSecretError`, or `SecretError` if secret memory is exhausted.
    public func open(
        _ sealed: SealedSecret, for purpose: SealedPurpose, of caller: VaultCaller, nonce: String
    ) throws -> Secret {
        guard sealed.recipient == publicKey.thumbprint else { throw SealedSecretError.wrongRecipient }
        do throws(HPKEError) {
            return try HPKE.openSecret(
                sealed.message, with: key,
                info: SealingKey.info(for: purpose, of: caller, nonce: nonce, to: publicKey), associated: [])
        } catch {
            if case .memory(let error) = error { throw error }
            throw SealedSecretError.invalid
        }
    }

    /// HPKE's `info`: for whom, by whom, in which session, what for, in which request. A nonce is used once, so a seal
    /// that was seen on the way is good for nothing after its request.
    static func info(
        for purpose: SealedPurpose, of caller: VaultCaller, nonce: String, to key: X25519PublicKey
    ) -> [UInt8] {
        LengthPrefixed.join(
            domain, key.bytes, caller.address.bytes, Array(caller.grant.utf8), Array(purpose.text.utf8),
            Array(nonce.utf8))
    }
}
