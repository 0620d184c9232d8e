public import Cryptography
public import Primitives

/// The receiver's word: a key that was made for this hand-over alone, a nonce of its own, and hardware evidence over
/// both and the whole offer.
public struct HandoverRequest: Hashable, Sendable {
    /// The member `type`.
    public static let type = "sealgate-handover-request/1"
    /// The largest request: a report and four certificates in base64 stay below 20 KiB, and below this at their limits.
    public static let maximumBytes = 64 << 10

    /// What the receiver claims, and what its report is over.
    public struct Claim: Hashable, Sendable {
        /// The offer's session.
        public let session: [UInt8]
        /// The offer's nonce, said again.
        public let offerNonce: [UInt8]
        /// The receiver's nonce, 32 random bytes: the giver's report is over it.
        public let nonce: [UInt8]
        /// The receiver's ephemeral key, to which the root is sealed.
        public let publicKey: X25519PublicKey

        /// The claim of a receiver that answers `offer`.
        public init(answering offer: HandoverOffer, nonce: [UInt8], publicKey: X25519PublicKey) {
            self.init(session: offer.session, offerNonce: offer.nonce, nonce: nonce, publicKey: publicKey)
        }

        /// A claim by its parts.
        public init(session: [UInt8], offerNonce: [UInt8], nonce: [UInt8], publicKey: X25519PublicKey) {
            self.session = session
            self.offerNonce = offerNonce
            self.nonce = nonce
            self.publicKey = publicKey
        }

        /// As it is hashed, with `type`.
        public var json: JSON {
            [
                "type": .string(HandoverRequest.type), "session": .string(Hex.encode(session)),
                "offerNonce": .string(Hex.encode(offerNonce)), "nonce": .string(Hex.encode(nonce)),
                "publicKey": .string(Hex.encode(publicKey.bytes)),
            ]
        }
    }

    /// What is claimed.
    public let claim: Claim
    /// The evidence over it. Not looked at yet.
    public let evidence: Evidence

    /// A request by its parts.
    public init(claim: Claim, evidence: Evidence) {
        self.claim = claim
        self.evidence = evidence
    }

    /// As it travels: the claim's members and the evidence's.
    public var json: JSON { .object((claim.json.members ?? []) + HandoverEvidence.members(evidence)) }

    /// Reads a request; nil for anything that is none. Says nothing about whether it is true.
    public init?(json: JSON) {
        let names: Set = ["type", "session", "offerNonce", "nonce", "publicKey"]
        guard let form = HandoverForm(json, names.union(HandoverEvidence.names)),
            form.text("type") == HandoverRequest.type,
            let session = form.hex("session", HandoverOffer.sessionBytes),
            let offerNonce = form.hex("offerNonce", HandoverOffer.hashBytes),
            let nonce = form.hex("nonce", HandoverOffer.hashBytes),
            let key = form.hex("publicKey", X25519PublicKey.byteCount).flatMap(X25519PublicKey.init),
            let evidence = HandoverEvidence.read(form)
        else { return nil }
        self.init(
            claim: Claim(session: session, offerNonce: offerNonce, nonce: nonce, publicKey: key), evidence: evidence)
    }
}
