/// Why a call to the vault was refused. None of these means that the caller's token is bad, so none is a 401.
public enum VaultError: Error, Hashable, CaseIterable, Sendable {
    /// A secret is only stored under a signature: a server-side key to fall back to is off, or would replace what is
    /// under a signature.
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
    /// differently each time, or the record is not what was saved. Also: a second signature was not the first.
    case signerNotDeterministic
    /// What is saved was sealed under the plain text, and the typed data were signed.
    case plainTextNeeded
    /// What is saved was sealed under the typed data, and the plain text was signed.
    case typedDataNeeded
    /// A provider key is 1 to 512 visible ASCII characters.
    case keyInvalid
    /// A secret is 1 to 512 bytes without NUL, under a name of 1 to 64 of `A-Z a-z 0-9 . _ -`.
    case secretInvalid
    /// Keys of this provider cannot be stored.
    case providerUnknown
    /// The wallet has as many servers, agents or secrets as it may.
    case tooManySecrets
    /// Another request changed the vault meanwhile, again and again.
    case vaultChanged
    /// The wallet's log is not what was written, so nothing is done that it would have to hold.
    case auditBroken
    /// The ciphertext could not be made durable, or not be read.
    case storageFailed

    /// The stable code that clients see.
    public var code: String {
        switch self {
        case .signatureRequired: "signature_required"
        case .nonceRequired: "nonce_required"
        case .nonceRejected: "nonce_rejected"
        case .signatureInvalid: "signature_invalid"
        case .addressMismatch: "address_mismatch"
        case .signerNotDeterministic: "signer_not_deterministic"
        case .plainTextNeeded: "plain_text_needed"
        case .typedDataNeeded: "typed_data_needed"
        case .keyInvalid: "provider_key_invalid"
        case .secretInvalid: "secret_invalid"
        case .providerUnknown: "provider_unknown"
        case .tooManySecrets: "too_many_secrets"
        case .vaultChanged: "vault_changed"
        case .auditBroken: "vault_audit_broken"
        case .storageFailed: "vault_storage_failed"
        }
    }

    /// What to say when only another way of signing opens.
    static func needed(_ kind: VaultTextKind) -> VaultError {
        switch kind {
        case .personal: .plainTextNeeded
        case .typed: .typedDataNeeded
        }
    }
}
