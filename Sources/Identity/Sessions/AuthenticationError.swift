import Cryptography

/// Why a bearer token was refused. All but `unavailable` are a 401: the caller logs in again.
public enum AuthenticationError: Error, Hashable, Sendable {
    /// Not a token of ours by its form, parties or type, or not valid yet.
    case malformed
    /// The signature does not fit, or the key is not one of ours (any more).
    case signatureInvalid
    /// Its time is over.
    case expired
    /// It was logged out, or its session is not known.
    case revoked
    /// A peer issued it that is not trusted now.
    case peerNotTrusted
    /// It is bound to a key, and was sent as a bearer token.
    case proofRequired
    /// It was sent with a proof that is no good, was used, or is another key's than the token's.
    case proofInvalid
    /// The database or secret memory could not be asked: 503. Nobody is let in meanwhile.
    case unavailable

    /// The stable code that clients see.
    public var code: String {
        switch self {
        case .malformed: "TOKEN_MALFORMED"
        case .signatureInvalid: "SIGNATURE_INVALID"
        case .expired: "TOKEN_EXPIRED"
        case .revoked: "SESSION_REVOKED"
        case .peerNotTrusted: "PEER_NOT_TRUSTED"
        case .proofRequired: "DPOP_PROOF_REQUIRED"
        case .proofInvalid: "invalid_dpop_proof"
        case .unavailable: "UNAVAILABLE"
        }
    }

    init(_ error: TokenError) {
        self =
            switch error {
            case .expired: .expired
            case .badSignature, .unknownKey: .signatureInvalid
            default: .malformed
            }
    }

    init(_ error: WalletTokenError) {
        self =
            switch error {
            case .expired: .expired
            case .signatureInvalid, .addressMismatch: .signatureInvalid
            default: .malformed
            }
    }
}
