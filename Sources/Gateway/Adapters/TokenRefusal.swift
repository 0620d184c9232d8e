import HTTPServer
import HTTPTypes
import Identity

/// What a client is told about a bad token. Each kind has a code that clients know, and one way on: log in again.
enum TokenRefusal {
    /// Every kind of refused token, beside `APIError.Kind.unauthorized` for none at all.
    static let kinds: [APIError.Kind] = [
        .malformed, .signatureInvalid, .expired, .revoked, .peerNotTrusted, .proofRequired, .proofInvalid,
    ].map(kind)

    /// The refusal for what is wrong with a token.
    static func kind(of error: AuthenticationError) -> APIError.Kind {
        APIError.Kind(401, error.code, help(for: error))
    }

    /// The refusal with the challenge of its scheme (RFC 9449 section 7.1), where that is not the bearer's.
    static func named(_ error: AuthenticationError) -> APIError {
        let challenge: HTTPFields =
            switch error {
            case .proofRequired: ["WWW-Authenticate": "DPoP error=\"invalid_token\", algs=\"ES256\""]
            case .proofInvalid: ["WWW-Authenticate": "DPoP error=\"invalid_dpop_proof\", algs=\"ES256\""]
            default: [:]
            }
        return APIError(kind(of: error), fields: challenge)
    }

    private static func help(for error: AuthenticationError) -> String {
        switch error {
        case .malformed: "This is no token of this gateway. Log in again."
        case .signatureInvalid: "This token's key is not one of ours, or no longer since a restart. Log in again."
        case .expired: "This token's time is over. Log in again."
        case .revoked: "This token's session was ended. Log in again."
        case .peerNotTrusted: "The gateway that issued this token is not trusted now. Log in here."
        case .proofRequired: "This token is bound to a key: send it as Authorization: DPoP, with a proof."
        case .proofInvalid: "The DPoP proof is not good for this request and token, or was used. Make a new one."
        case .unavailable: APIError.Kind.storageUnavailable.help
        }
    }
}
