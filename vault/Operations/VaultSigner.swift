import Cryptography
import Ethereum

/// From what a client sends as its signature to the vault key, with every check on the way.
struct VaultSigner: Sendable {
    let origin: String
    let indexKey: Secret

    /// The text that the caller has to sign.
    func text(for address: Address) -> String {
        VaultText(origin: origin, wallet: address).text
    }

    /// The caller's vault key from the signature's hex digits, which lie in secret memory. The signature has to be the
    /// caller's over the present text; only its low-s form is taken, as the other form would be another key.
    func key(from signature: Secret, for address: Address) throws -> VaultKey {
        guard var signature = try? signature.withBytes({ try WalletSignature(login: $0) }) else {
            throw VaultError.signatureInvalid
        }
        defer { signature.wipe() }
        guard let signer = PersonalMessage.signer(of: Array(text(for: address).utf8), signature: signature)
        else { throw VaultError.signatureInvalid }
        guard signer == address else { throw VaultError.addressMismatch }
        return try VaultKey(signature: signature, index: VaultIndex(of: address, key: indexKey), epoch: .current)
    }
}
