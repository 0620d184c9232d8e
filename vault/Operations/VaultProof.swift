public import Cryptography

/// What a client sends to prove itself to the vault: signatures as hex digits in secret memory, and a nonce.
public struct VaultProof: Sendable {
    /// Over the text or the typed data of the vault; nil if none was sent.
    public let signature: Secret?
    /// The same signed once more, to show that the wallet signs deterministically; nil if that was not sent.
    public let again: Secret?
    /// From a challenge; nil if none was sent.
    public let nonce: String?

    /// A proof as it was sent.
    public init(signature: Secret?, again: Secret? = nil, nonce: String?) {
        self.signature = signature
        self.again = again
        self.nonce = nonce
    }
}

/// A signature, and the second one by which it is compared.
struct SignaturePair: Sendable {
    let signature: Secret
    let again: Secret?
}
