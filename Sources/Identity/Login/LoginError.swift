import Ethereum

/// Why a login was refused.
public enum LoginError: Error, Hashable, CaseIterable, Sendable {
    /// `walletAddress` is not an address.
    case malformedAddress
    /// `signature` is not hex, or not the 65 bytes of a key.
    case malformedSignature
    /// `nonce` is not spelled like one of ours.
    case malformedNonce
    /// The nonce was not issued for this: not by us, for another wallet or purpose, or under other keys.
    case challengeUnknown
    /// The challenge's five minutes are over.
    case challengeExpired
    /// The challenge was used before.
    case challengeUsed
    /// The signature's numbers are out of range, its s is high, it recovers to nothing, or the contract said no.
    case signatureInvalid
    /// The signature is another wallet's, or over another text.
    case addressMismatch
    /// The chain that was named is none that is served.
    case chainNotServed
    /// A contract's signature, and no node of that chain to ask.
    case contractWalletsNotServed
    /// The chain could not be asked.
    case signatureUnavailable
    /// The DPoP proof is not good for this request, or was used before.
    case proofInvalid

    /// Which of us is at fault.
    public var blame: LoginBlame {
        switch self {
        case .malformedAddress, .malformedSignature, .malformedNonce, .chainNotServed, .contractWalletsNotServed,
            .proofInvalid:
            .request
        case .signatureUnavailable: .chain
        default: .proof
        }
    }

    /// The stable code that clients see. What a new challenge mends has one code: it tells nobody more.
    public var code: String {
        switch self {
        case .malformedAddress: "malformed_address"
        case .malformedSignature: "malformed_signature"
        case .malformedNonce: "malformed_nonce"
        case .challengeUnknown, .challengeExpired, .challengeUsed: "CHALLENGE_EXPIRED"
        case .signatureInvalid: "SIGNATURE_INVALID"
        case .addressMismatch: "ADDRESS_MISMATCH"
        case .chainNotServed: "chain_not_served"
        case .contractWalletsNotServed: "contract_wallets_not_served"
        case .signatureUnavailable: "signature_verification_unavailable"
        case .proofInvalid: "invalid_dpop_proof"
        }
    }

    init(_ refusal: SignatureRefusal) {
        self =
            switch refusal {
            case .malformed: .malformedSignature
            case .invalid: .signatureInvalid
            case .otherSigner: .addressMismatch
            case .chainNotServed: .chainNotServed
            case .contractWalletsNotServed: .contractWalletsNotServed
            case .unavailable: .signatureUnavailable
            }
    }

    init(_ error: ChallengeError) {
        self =
            switch error {
            case .malformed: .malformedNonce
            case .unknown: .challengeUnknown
            case .expired: .challengeExpired
            case .used: .challengeUsed
            }
    }
}
