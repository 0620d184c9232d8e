import HTTPTypes
import Identity

/// What every login says about signatures and chains, in the same words.
enum ChainRefusal {
    static let malformedSignature = "signature must be 65 bytes in hex: r, s, v. Only contract wallets have others."
    static let signatureInvalid =
        "This is no valid signature of the account: v must be 27 or 28 and s in the lower half; a contract wallet must "
        + "say yes to it."
    static let chainNotServed = "This chain is not served here. /auth/nonce lists those that are."
    static let contractWalletsNotServed =
        "Contract wallets are not served on this chain. Log in with a wallet that has a key."
    static let unavailable = "The chain could not be asked about the signature. Try again in a few seconds."
}

extension LoginBlame {
    /// The status of a refusal.
    var status: HTTPStatus {
        switch self {
        case .request: 400
        case .proof: 401
        case .chain: 503
        }
    }

    /// When asking again may help, in seconds.
    var retryAfterSeconds: Int? { self == .chain ? 5 : nil }
}
