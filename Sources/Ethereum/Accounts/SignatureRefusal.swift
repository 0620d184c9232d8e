/// Why a signature was not taken.
public enum SignatureRefusal: Error, Hashable, CaseIterable, Sendable {
    /// Not 65 bytes where a key has to have signed, or more than `SignatureCheck.maximumSignatureBytes`.
    case malformed
    /// Its numbers are out of range, its s is high, it recovers to nothing, or the account's contract said no.
    case invalid
    /// Another key's, or over another text.
    case otherSigner
    /// The chain that was named is none that is served.
    case chainNotServed
    /// A contract's signature, on a chain for which no node is configured.
    case contractWalletsNotServed
    /// The nodes could not be asked, or do not agree. Says nothing about the signature.
    case unavailable
}
