public import Cryptography
public import Primitives

/// The giver's last word: the root, sealed to the receiver's key, and hardware evidence over everything that was said,
/// the seal among it.
public struct HandoverAnswer: Hashable, Sendable {
    /// The member `type`.
    public static let type = "sealgate-handover-answer/1"
    /// The largest answer that is read.
    public static let maximumBytes = HandoverRequest.maximumBytes
    /// The largest ciphertext: a root of 32 bytes and a tag, with room for a longer secret.
    static let maximumCiphertextBytes = 512

    /// The offer's session.
    public let session: [UInt8]
    /// The root under HPKE: the giver's ephemeral key and the ciphertext.
    public let sealed: HPKEMessage
    /// The giver's evidence. Not looked at yet.
    public let evidence: Evidence

    /// An answer by its parts.
    public init(session: [UInt8], sealed: HPKEMessage, evidence: Evidence) {
        self.session = session
        self.sealed = sealed
        self.evidence = evidence
    }

    /// As it travels.
    public var json: JSON {
        .object(
            [
                .init("type", .string(HandoverAnswer.type)), .init("session", .string(Hex.encode(session))),
                .init("encapsulated", .string(Hex.encode(sealed.encapsulated))),
                .init("ciphertext", .string(Base64.encode(sealed.ciphertext))),
            ] + HandoverEvidence.members(evidence))
    }

    /// Reads an answer; nil for anything that is none. Says nothing about whether it is true.
    public init?(json: JSON) {
        let names: Set = ["type", "session", "encapsulated", "ciphertext"]
        guard let form = HandoverForm(json, names.union(HandoverEvidence.names)),
            form.text("type") == HandoverAnswer.type,
            let session = form.hex("session", HandoverOffer.sessionBytes),
            let encapsulated = form.hex("encapsulated", HPKE.encapsulatedBytes),
            let ciphertext = form.base64("ciphertext", upTo: HandoverAnswer.maximumCiphertextBytes),
            let evidence = HandoverEvidence.read(form)
        else { return nil }
        self.init(
            session: session, sealed: HPKEMessage(encapsulated: encapsulated, ciphertext: ciphertext),
            evidence: evidence)
    }
}
