import HTTPServer
import HTTPTypes
import Identity

/// What a client is told about a bad token. Each kind has a code that clients know, and one way on: log in again.
enum TokenRefusal {
    /// Every kind of refused token, beside `APIError.Kind.unauthorized` for none at all.
    static let kinds: [APIError.Kind] = [
        .malformed, .signatureInvalid, .expired, .revoked, .peerNotTrusted,
    ].map(kind)

    /// The refusal for what is wrong with a token.
    static func kind(of error: AuthenticationError) -> APIError.Kind {
        APIError.Kind(401, error.code, help(for: error))
    }

    private static func help(for error: AuthenticationError) -> String {
        switch error {
        case .malformed: "This is no token of this gateway. Log in again."
        case .signatureInvalid: "This token's key is not one of ours, or no longer since a restart. Log in again."
        case .expired: "This token's time is over. Log in again."
        case .revoked: "This token's session was ended. Log in again."
        case .peerNotTrusted: "The gateway that issued this token is not trusted now. Log in here."
        case .unavailable: APIError.Kind.storageUnavailable.help
        }
    }
}
