public import Primitives

/// The giver's first word: a session, a nonce, and whom one is talking to. It is public and proves nothing yet; the
/// giver's report at the end covers it.
public struct HandoverOffer: Hashable, Sendable {
    /// The member `type`.
    public static let type = "sealgate-handover-offer/1"
    /// Bytes of a session's name.
    public static let sessionBytes = 16
    /// Bytes of either side's nonce and of the commitment.
    public static let hashBytes = 32
    /// The longest origin.
    static let maximumOriginBytes = 512

    /// Names the session, 16 random bytes. Good for one request within `HandoverSessions.lifetimeSeconds`.
    public let session: [UInt8]
    /// The giver's nonce, 32 random bytes: the receiver's report is over it, so it was made after the offer.
    public let nonce: [UInt8]
    /// The giver's public origin, `https://gateway.example`.
    public let gateway: String
    /// A commitment to the root, 32 bytes, from which nobody learns it; nil if the giver has none. The receiver holds
    /// what it opens against it.
    public let rootCommitment: [UInt8]?
    /// The id of the recovery set that the root was split into; nil if it was not split.
    public let recoverySet: [UInt8]?

    /// An offer by its parts.
    public init(
        session: [UInt8], nonce: [UInt8], gateway: String, rootCommitment: [UInt8]?, recoverySet: [UInt8]?
    ) {
        self.session = session
        self.nonce = nonce
        self.gateway = gateway
        self.rootCommitment = rootCommitment
        self.recoverySet = recoverySet
    }

    /// As it travels, and as it is hashed after being put into canonical form (RFC 8785).
    public var json: JSON {
        [
            "type": .string(HandoverOffer.type), "session": .string(Hex.encode(session)),
            "nonce": .string(Hex.encode(nonce)), "gateway": .string(gateway),
            "rootCommitment": rootCommitment.map { .string(Hex.encode($0)) } ?? .null,
            "recoverySet": recoverySet.map { .string(Hex.encode($0)) } ?? .null,
        ]
    }

    /// Reads an offer; nil for anything that is none.
    public init?(json: JSON) {
        let names: Set = ["type", "session", "nonce", "gateway", "rootCommitment", "recoverySet"]
        guard let form = HandoverForm(json, names), form.text("type") == HandoverOffer.type,
            let session = form.hex("session", HandoverOffer.sessionBytes),
            let nonce = form.hex("nonce", HandoverOffer.hashBytes), let gateway = form.text("gateway"),
            gateway.utf8.count <= HandoverOffer.maximumOriginBytes,
            let commitment = form.optional("rootCommitment", { form.hex($0, HandoverOffer.hashBytes) }),
            let set = form.optional("recoverySet", { form.hex($0, RecoveryShare.setIDBytes) })
        else { return nil }
        self.init(session: session, nonce: nonce, gateway: gateway, rootCommitment: commitment, recoverySet: set)
    }
}
