public import Primitives

/// Whether the receiver takes the root that an answer holds, with every reason against it. Anybody could seal a root
/// of his own to a receiver's key, and read from then on what is kept under it: so the giver has to be a listed release
/// too, or one that the operator names.
public struct HandoverAcceptance: Hashable, Sendable {
    /// Everything that is against it, in the order in which it was asked; empty to take the root.
    public let findings: [HandoverFinding]

    /// Whether the root is taken.
    public var takes: Bool { findings.isEmpty }

    /// Decides. What is said here of the giver's security versions is in `giver`: the receiver's own may be higher.
    /// - Parameters:
    ///   - gateway: the origin that the operator asked for.
    ///   - list: the releases from which a root may come.
    ///   - named: measurements that the operator names beside them.
    ///   - own: the verdict on the receiver's own evidence.
    ///   - giver: the verdict on the answer's evidence, by `HandoverPolicy`.
    public init(
        _ answer: HandoverAnswer, to request: HandoverRequest, _ offer: HandoverOffer, gateway: String,
        list: ReleaseList, named: Set<[UInt8]>, own: Verdict, giver: Verdict, at now: Timestamp
    ) {
        var found: [HandoverFinding] = []
        if offer.gateway != gateway {
            found.append(HandoverFinding(.otherGateway, "it says it is \(offer.gateway), not \(gateway)"))
        }
        if answer.session != offer.session {
            found.append(HandoverFinding(.nonceMismatch, "the answer is of another session"))
        }
        found += HandoverPeer(verdict: giver, own: own).findings(
            purpose: .answer, transcript: HandoverTranscript.answer(offer, request, answer.sealed))
        do throws(ReleaseListFault) { try list.check(at: now) } catch {
            found.append(HandoverFinding(.listExpired, "\(error)"))
        }
        if let measurement = giver.report?.measurement, list[measurement] == nil, !named.contains(measurement) {
            found.append(
                HandoverFinding(
                    .measurementNotListed,
                    "the giver's measurement \(Hex.encode(measurement)) is not in issue \(list.issue)"))
        }
        findings = found
    }
}
