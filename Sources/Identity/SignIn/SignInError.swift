import Ethereum

/// Why a Sign-In with Ethereum was refused.
public enum SignInError: Error, Hashable, Sendable {
    /// The text is not of EIP-4361's grammar: which part.
    case malformed(SignInPart)
    /// The address asked for is none.
    case malformedAddress
    /// The signature is not hex, or not of a length that can be.
    case malformedSignature
    /// The address does not carry EIP-55's checksum.
    case addressWithoutChecksum
    /// The domain, its port or its scheme is not ours.
    case otherDomain
    /// The URI is none of ours.
    case otherURI
    /// The chain is none that is served.
    case chainNotServed
    /// A contract's signature, and no node of that chain to ask.
    case contractWalletsNotServed
    /// Written too long ago, or in the future.
    case notCurrent
    /// Its expiration time has come.
    case expired
    /// Its time has not come.
    case notYetValid
    /// The nonce is none of ours, is bound to another account, is too old, or was used.
    case challenge(ChallengeError)
    /// The signature is not the account's over these bytes: by number, by signer or by its contract's word.
    case signatureInvalid
    /// The chain could not be asked.
    case unavailable

    /// One of each, for listing the codes.
    public static let all: [SignInError] = [
        .malformed(.text), .malformedAddress, .malformedSignature, .addressWithoutChecksum, .otherDomain, .otherURI,
        .chainNotServed, .contractWalletsNotServed, .notCurrent, .expired, .notYetValid, .challenge(.used),
        .signatureInvalid, .unavailable,
    ]

    /// Which of us is at fault.
    public var blame: LoginBlame {
        switch self {
        case .malformed, .malformedAddress, .malformedSignature, .addressWithoutChecksum, .chainNotServed,
            .contractWalletsNotServed:
            .request
        case .unavailable: .chain
        default: .proof
        }
    }

    /// The stable code that clients see. Whoever signed wrongly learns no more than that.
    public var code: String {
        switch self {
        case .malformed: "siwe_malformed"
        case .malformedAddress: "malformed_address"
        case .malformedSignature: "malformed_signature"
        case .addressWithoutChecksum: "siwe_address_checksum"
        case .otherDomain: "siwe_wrong_domain"
        case .otherURI: "siwe_wrong_uri"
        case .chainNotServed: "chain_not_served"
        case .contractWalletsNotServed: "contract_wallets_not_served"
        case .notCurrent: "siwe_not_current"
        case .expired: "siwe_expired"
        case .notYetValid: "siwe_not_yet_valid"
        case .challenge: "CHALLENGE_EXPIRED"
        case .signatureInvalid: "SIGNATURE_INVALID"
        case .unavailable: "signature_verification_unavailable"
        }
    }

    init(_ refusal: SignatureRefusal) {
        self =
            switch refusal {
            case .malformed: .malformedSignature
            case .invalid, .otherSigner: .signatureInvalid
            case .chainNotServed: .chainNotServed
            case .contractWalletsNotServed: .contractWalletsNotServed
            case .unavailable: .unavailable
            }
    }
}
