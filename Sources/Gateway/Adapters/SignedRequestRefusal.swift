import HTTPServer
import HTTPTypes
import Identity
import Primitives

/// What a client is told whose signed request was refused (ERC-8128 section 6).
enum SignedRequestRefusal {
    /// Every kind. What to do stands in the message alone: these are listed on each route that takes a signature.
    static let kinds: [APIError.Kind] = RequestSignatureError.allCases.map(kind)

    /// The refusal of this request: its code, and for a signer that tries again what would do.
    static func named(_ error: RequestSignatureError, of message: SignedMessage, _ requests: SignedRequests) -> APIError
    {
        var fields = HTTPFields()
        if error.status == 401 {
            var challenge = "ERC8128 error=\"\(error.rawValue)\""
            if error == .unsupportedChain { challenge += ", chains=\"\(requests.chains)\"" }
            if error == .unsupportedAccount { challenge += ", account=\"\(requests.accountVerification)\"" }
            fields.append("WWW-Authenticate", challenge)
        }
        if error == .insufficientCoverage {
            fields.append("Accept-Signature", SignedRequests.acceptable(for: message))
        }
        return APIError(
            kind(of: error), details: [.init("reason", .string(error.rawValue))],
            retryAfterSeconds: error == .unavailable ? 1 : nil, fields: fields, reason: error.rawValue)
    }

    private static func kind(of error: RequestSignatureError) -> APIError.Kind {
        APIError.Kind(HTTPStatus(error.status), error.rawValue, help(for: error))
    }

    private static func help(for error: RequestSignatureError) -> String {
        switch error {
        case .missing: "Send both Signature-Input and Signature."
        case .inputInvalid: "Signature-Input or Signature is malformed, or a label stands in one of them alone."
        case .tooLarge: "The signature fields are too large, or hold too many candidates, components or parameters."
        case .notAcceptable: "None of the signatures has tag=\"erc8128\" and covers what exists in a request."
        case .invalidKeyID: "keyid must be eip155:<chain>:<address in lower case>."
        case .unsupportedChain: "The chain of keyid is not served: see WWW-Authenticate."
        case .unsupportedAccount: "Signatures of contracts are not taken here: sign with a key's account."
        case .invalidTime: "created and expires must be integers, expires the greater."
        case .notYetValid: "created lies ahead: set the clock."
        case .expired: "expires has passed: sign the request anew."
        case .validityTooLong: "expires may lie at most \(SignatureWindow.maximumSeconds) seconds after created."
        case .invalidNonce: "nonce must be a quoted text of 1 to 128 bytes."
        case .insufficientCoverage: "The signature covers too little of this request: see Accept-Signature."
        case .digestRequired: "A request with a body needs Content-Digest with sha-256, covered by the signature."
        case .badDigest: "Content-Digest has no sha-256, or that of another body."
        case .nonceRequired: "The signature needs a nonce."
        case .nonceReused: "This nonce was used: sign each request anew."
        case .unsupportedAlgorithm: "Leave out alg: the account tells the algorithm."
        case .badSignature: "The signature is not that account's over this request: 65 bytes, low s, v 27 or 28."
        case .unavailable: "The signature cannot be checked now. Send the request again."
        }
    }
}
