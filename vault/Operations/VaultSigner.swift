import Cryptography
import Ethereum
import Primitives

/// From what a client sends as its signature to the vault key, with every check on the way.
struct VaultSigner: Sendable {
    let origin: String
    /// The chain that typed data name.
    let chainID: Int64
    let indexKey: Secret
    /// Asked before a signature is turned into a key.
    let release: ReleaseGuard

    /// What the caller has to sign, in the form that it chooses.
    func request(_ purpose: VaultPurpose, _ epoch: VaultEpoch, for address: Address) throws -> SigningRequest {
        let text = VaultText(origin: origin, wallet: address, purpose: purpose, epoch: epoch)
        return SigningRequest(message: text.text, typedData: try text.typedData(chainID: chainID).json, epoch: epoch)
    }

    func index(of address: Address) -> VaultIndex {
        VaultIndex(of: address, key: indexKey)
    }

    /// The caller's vault key from the signature's hex digits, which lie in secret memory. The signature has to be the
    /// caller's over the plain text or the typed data; only its low-s form is taken, as the other form would be
    /// another key. A second signature, if there is one, has to be the same to the bit: then `isRepeated`.
    /// Throws `ReleaseBlocked` before anything else if this instance must not open secrets.
    func key(
        from signatures: SignaturePair, _ purpose: VaultPurpose, _ epoch: VaultEpoch, for address: Address
    ) throws -> (key: VaultKey, isRepeated: Bool) {
        try release.admit()
        var signature = try VaultSigner.read(signatures.signature)
        defer { signature.wipe() }
        let kind = try kind(of: signature, purpose, epoch, for: address)
        if let again = signatures.again {
            var again = try VaultSigner.read(again)
            defer { again.wipe() }
            let isSame = ConstantTime.equal(signature.r, again.r) && ConstantTime.equal(signature.s, again.s)
            guard isSame else { throw VaultError.signerNotDeterministic }
        }
        let key = try VaultKey(
            signature: signature, index: index(of: address), epoch: epoch, purpose: purpose, kind: kind)
        return (key, signatures.again != nil)
    }

    private func kind(
        of signature: WalletSignature, _ purpose: VaultPurpose, _ epoch: VaultEpoch, for address: Address
    ) throws -> VaultTextKind {
        let text = VaultText(origin: origin, wallet: address, purpose: purpose, epoch: epoch)
        guard let signer = PersonalMessage.signer(of: Array(text.text.utf8), signature: signature) else {
            throw VaultError.signatureInvalid
        }
        if signer == address { return .personal }
        let digest = try text.typedData(chainID: chainID).digest
        guard signature.signer(ofDigest: digest) == address else { throw VaultError.addressMismatch }
        return .typed
    }

    private static func read(_ digits: Secret) throws(VaultError) -> WalletSignature {
        guard let signature = try? digits.withBytes({ try WalletSignature(login: $0) }) else {
            throw .signatureInvalid
        }
        return signature
    }
}
