public import Cryptography
import Primitives

/// What was said so far, as one hash of 32 bytes at each step. Each is SHA-256 over a canonical JSON object (RFC 8785)
/// that holds the purpose and every message up to there, so that no step fits another conversation.
///
///     request   {"offer", "purpose", "request": the claim}                       the receiver's REPORT_DATA
///     root      {"offer", "purpose", "request": the claim and its evidence}      HPKE's associated data
///     answer    the same, and {"sealed": {"ciphertextHash", "encapsulated"}}     the giver's REPORT_DATA
public enum HandoverTranscript {
    /// What the receiver's report is over.
    public static func request(_ offer: HandoverOffer, _ claim: HandoverRequest.Claim) -> [UInt8] {
        hash(.request, offer, claim.json)
    }

    /// What the seal on the root is bound to.
    public static func root(_ offer: HandoverOffer, _ request: HandoverRequest) -> [UInt8] {
        hash(.root, offer, request.json)
    }

    /// What the giver's report is over: `sealed` holds the giver's ephemeral key, so the report is bound to that too.
    public static func answer(
        _ offer: HandoverOffer, _ request: HandoverRequest, _ sealed: HPKEMessage
    ) -> [UInt8] {
        let seal: JSON = [
            "encapsulated": .string(Hex.encode(sealed.encapsulated)),
            "ciphertextHash": .string(Hex.encode(SHA256.hash(sealed.ciphertext))),
        ]
        return hash(.answer, offer, request.json, [JSON.Member("sealed", seal)])
    }

    /// HPKE's `info` for the root.
    public static let info = Array(HandoverPurpose.root.rawValue.utf8)

    private static func hash(
        _ purpose: HandoverPurpose, _ offer: HandoverOffer, _ request: JSON, _ more: [JSON.Member] = []
    ) -> [UInt8] {
        let said = JSON.object(
            [
                .init("purpose", .string(purpose.rawValue)), .init("offer", offer.json), .init("request", request),
            ] + more)
        return SHA256.hash(said.canonicalBytes)
    }
}
