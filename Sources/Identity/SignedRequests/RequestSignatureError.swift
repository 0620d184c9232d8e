/// Why a signed request was refused. The raw values are the stable codes of ERC-8128 section 6; those of policies which
/// this gateway has not are left out.
public enum RequestSignatureError: String, Error, Hashable, CaseIterable, Sendable {
    /// `Signature-Input` or `Signature` is not there.
    case missing = "signature_missing"
    /// One of them is malformed, or a member of the one has none in the other.
    case inputInvalid = "signature_input_invalid"
    /// More bytes, candidates, components or parameters than are looked at.
    case tooLarge = "signature_too_large"
    /// Nothing that was signed for this use, or it covers what cannot be rebuilt here.
    case notAcceptable = "no_acceptable_signature"
    /// `keyid` is not an account in its one spelling.
    case invalidKeyID = "invalid_keyid"
    /// The account's chain is none that is served.
    case unsupportedChain = "unsupported_chain"
    /// The account is a contract's, and contracts cannot be asked here.
    case unsupportedAccount = "unsupported_account"
    /// `created` or `expires` is not there or no integer, or they are in the wrong order.
    case invalidTime = "invalid_time"
    /// Signed for later.
    case notYetValid = "request_not_yet_valid"
    /// Its time is over.
    case expired = "request_expired"
    /// It would be good for longer than is allowed.
    case validityTooLong = "request_validity_too_long"
    /// `nonce` is no text of 1 to 128 bytes.
    case invalidNonce = "invalid_nonce"
    /// Something that has to be signed is not.
    case insufficientCoverage = "insufficient_coverage"
    /// There is content, and no digest of it.
    case digestRequired = "content_digest_required"
    /// The digest is malformed, or another content's.
    case badDigest = "bad_content_digest"
    /// Without a nonce the request could be sent again.
    case nonceRequired = "nonce_required"
    /// This very request, or another with its nonce, was served before.
    case nonceReused = "nonce_reused"
    /// The algorithm follows from the account; naming one is refused.
    case unsupportedAlgorithm = "unsupported_algorithm"
    /// The signature is not the account's over what was received.
    case badSignature = "bad_signature"
    /// It cannot be found out now.
    case unavailable = "signature_verification_unavailable"

    /// Which status it is answered with (ERC-8128 section 6).
    public var status: Int {
        switch self {
        case .inputInvalid, .tooLarge: 400
        case .unavailable: 503
        default: 401
        }
    }
}
