import HTTPServer
import HTTPTypes
import Identity

/// What a client is told when a login fails.
enum LoginRefusal {
    static let testMode = APIError.Kind(
        403, "test_mode_refused", "There is no login without a wallet's signature. Sign the challenge.")

    /// The kinds that these errors become, each once.
    static func kinds(of errors: [LoginError]) -> [APIError.Kind] {
        errors.reduce(into: []) { kinds, error in
            let kind = kind(of: error)
            if !kinds.contains(kind) { kinds.append(kind) }
        }
    }

    /// The error under its public name; which of several causes it was goes to the log alone.
    static func named(_ error: LoginError) -> APIError {
        APIError(
            kind(of: error), retryAfterSeconds: error.blame.retryAfterSeconds, reason: String(describing: error))
    }

    static func translating<R>(_ body: () throws(LoginError) -> R) throws(APIError) -> R {
        do { return try body() } catch { throw named(error) }
    }

    private static func kind(of error: LoginError) -> APIError.Kind {
        APIError.Kind(error.blame.status, error.code, help(for: error))
    }

    private static func help(for error: LoginError) -> String {
        switch error {
        case .malformedAddress: "walletAddress must be 0x and 40 hex digits, with a correct checksum if in mixed case."
        case .malformedSignature: ChainRefusal.malformedSignature
        case .malformedNonce: "nonce must be the one that came with the challenge."
        case .challengeUnknown, .challengeExpired, .challengeUsed:
            "This challenge is unknown, too old, or used. Ask for a new one and sign that."
        case .signatureInvalid: ChainRefusal.signatureInvalid
        case .addressMismatch: "The signature is not walletAddress's over the challenge's exact text."
        case .chainNotServed: ChainRefusal.chainNotServed
        case .contractWalletsNotServed: ChainRefusal.contractWalletsNotServed
        case .signatureUnavailable: ChainRefusal.unavailable
        case .proofInvalid: "The DPoP proof is not good for this request, or was used. Make a new one."
        }
    }
}

/// What a client is told when a wallet token cannot be made.
enum WalletTokenRefusal {
    static let kinds: [APIError.Kind] = WalletTokenError.allCases.reduce(into: []) { kinds, error in
        let kind = kind(of: error)
        if !kinds.contains(kind) { kinds.append(kind) }
    }

    static func translating<R>(_ body: () throws(WalletTokenError) -> R) throws(APIError) -> R {
        do { return try body() } catch { throw APIError(kind(of: error), reason: String(describing: error)) }
    }

    private static func kind(of error: WalletTokenError) -> APIError.Kind {
        APIError.Kind(error.isMalformed ? 400 : 401, error.code, help(for: error))
    }

    private static func help(for error: WalletTokenError) -> String {
        switch error {
        case .malformed, .textMismatch: "The token's text cannot be read."
        case .malformedAddress: "walletAddress must be 0x and 40 hex digits, with a correct checksum if in mixed case."
        case .malformedExpiry: "expiresAt must be an ISO 8601 time with a zone."
        case .malformedPermissions: "permissions must be at most 16 of the form namespace:action."
        case .malformedServer: "serverId must be plain text without line breaks."
        case .expired: "expiresAt has passed."
        case .lifetimeTooLong: "expiresAt may lie at most a year ahead."
        case .signatureInvalid: "This is no valid signature: v must be 27 or 28 and s in the lower half."
        case .addressMismatch: "The signature is not walletAddress's over the exact text of /api/auth/token-message."
        }
    }
}
