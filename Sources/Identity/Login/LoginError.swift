/// Why a login was refused.
public enum LoginError: Error, Hashable, CaseIterable, Sendable {
    /// `walletAddress` is not an address.
    case malformedAddress
    /// `signature` is not 65 bytes of hex.
    case malformedSignature
    /// `nonce` is not spelled like one of ours.
    case malformedNonce
    /// The nonce was not issued for this: not by us, for another wallet or purpose, or under other keys.
    case challengeUnknown
    /// The challenge's five minutes are over.
    case challengeExpired
    /// The challenge was used before.
    case challengeUsed
    /// The signature's numbers are out of range, its s is high, or it recovers to nothing.
    case signatureInvalid
    /// The signature is another wallet's, or over another text.
    case addressMismatch

    /// Whether the request itself is wrong (400); else the proof is (401).
    public var isMalformed: Bool {
        switch self {
        case .malformedAddress, .malformedSignature, .malformedNonce: true
        default: false
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
