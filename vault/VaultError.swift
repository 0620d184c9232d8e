/// Why a call to the vault was refused. None of these means that the caller's token is bad, so none is a 401.
public enum VaultError: Error, Hashable, CaseIterable, Sendable {
    /// A key is only stored under a signature: there is no server-side key to fall back to.
    case signatureRequired
    /// A signature comes with a nonce.
    case nonceRequired
    /// The nonce was not issued for this, has expired, or was used.
    case nonceRejected
    /// The signature is not 65 bytes `r || s || v` with low s, or recovers to nothing.
    case signatureInvalid
    /// The signature over the vault text is another wallet's, or over another text.
    case addressMismatch
    /// The signature is the wallet's, but the key from it does not open what was saved: the wallet signs the same text
    /// differently each time, or the record is not what was saved.
    case signerNotDeterministic
    /// A provider key is 1 to 512 visible ASCII characters.
    case keyInvalid
    /// Keys of this provider cannot be stored.
    case providerUnknown

    /// The stable code that clients see.
    public var code: String {
        switch self {
        case .signatureRequired: "signature_required"
        case .nonceRequired: "nonce_required"
        case .nonceRejected: "nonce_rejected"
        case .signatureInvalid: "signature_invalid"
        case .addressMismatch: "address_mismatch"
        case .signerNotDeterministic: "signer_not_deterministic"
        case .keyInvalid: "provider_key_invalid"
        case .providerUnknown: "provider_unknown"
        }
    }
}
