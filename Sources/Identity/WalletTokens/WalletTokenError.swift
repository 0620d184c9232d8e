/// Why a wallet token was not made, or not accepted.
public enum WalletTokenError: Error, Hashable, CaseIterable, Sendable {
    /// The token is not ours to read: too long, no base64url, no JSON object, another version, missing members.
    case malformed
    /// Not an address.
    case malformedAddress
    /// The expiry is no ISO 8601 moment.
    case malformedExpiry
    /// A permission is not `namespace:action`, or there are too many.
    case malformedPermissions
    /// The server id has characters that cannot stand in the text, or too many.
    case malformedServer
    /// The expiry has passed.
    case expired
    /// The expiry lies further ahead than a token may live.
    case lifetimeTooLong
    /// The signature is no signature.
    case signatureInvalid
    /// The signer is another wallet than the text names.
    case addressMismatch
    /// The signed text is not the one that its fields give.
    case textMismatch

    /// Whether the request to make a token is wrong (400); else its proof is (401).
    public var isMalformed: Bool {
        switch self {
        case .signatureInvalid, .addressMismatch: false
        default: true
        }
    }

    /// The stable code that clients see.
    public var code: String {
        switch self {
        case .malformed, .textMismatch: "TOKEN_MALFORMED"
        case .malformedAddress: "malformed_address"
        case .malformedExpiry: "malformed_expiry"
        case .malformedPermissions: "malformed_permissions"
        case .malformedServer: "malformed_server"
        case .expired: "TOKEN_EXPIRED"
        case .lifetimeTooLong: "lifetime_too_long"
        case .signatureInvalid: "SIGNATURE_INVALID"
        case .addressMismatch: "ADDRESS_MISMATCH"
        }
    }
}
