import HTTPServer
import HTTPTypes
import Identity

/// What a client is told when a Sign-In with Ethereum fails.
enum SignInRefusal {
    static let kinds: [APIError.Kind] = kinds(of: SignInError.all)

    static func kinds(of errors: [SignInError]) -> [APIError.Kind] {
        errors.map(kind(of:))
    }

    /// The error under its public name. A text that cannot be read is told which part; it is the client's own.
    static func named(_ error: SignInError) -> APIError {
        var message: String?
        if case .malformed(let part) = error {
            message = "The text is not of EIP-4361's form: look at its part \"\(part.rawValue)\"."
        }
        return APIError(
            kind(of: error), message: message, retryAfterSeconds: error.blame.retryAfterSeconds,
            reason: String(describing: error))
    }

    private static func kind(of error: SignInError) -> APIError.Kind {
        APIError.Kind(error.blame.status, error.code, help(for: error))
    }

    private static func help(for error: SignInError) -> String {
        switch error {
        case .malformed: "The text is not of EIP-4361's form. Ask /auth/siwe/challenge for one that is."
        case .malformedAddress: "address must be 0x and 40 hex digits, with a correct checksum if in mixed case."
        case .malformedSignature: ChainRefusal.malformedSignature
        case .addressWithoutChecksum: "The address in the text must be spelled with EIP-55's checksum."
        case .otherDomain: "The text is for another site. /auth/nonce says what to name as domain."
        case .otherURI: "The text's URI is not this gateway's. /auth/nonce says what to name."
        case .chainNotServed: ChainRefusal.chainNotServed
        case .contractWalletsNotServed: ChainRefusal.contractWalletsNotServed
        case .notCurrent: "The text's Issued At is too long ago or in the future. Check the clock and sign a new one."
        case .expired: "The text's Expiration Time has come. Sign a new one."
        case .notYetValid: "The text's Not Before has not come."
        case .challenge: "This nonce is unknown, too old, or used. Ask /auth/nonce for a new one and sign that."
        case .signatureInvalid: ChainRefusal.signatureInvalid
        case .unavailable: ChainRefusal.unavailable
        }
    }
}
