public import Primitives

/// Whether the giver hands its root over, with every reason against it. A pure value: what is decided follows from the
/// session, the request, the release list and two verdicts.
public struct HandoverDecision: Hashable, Sendable {
    /// Everything that is against it, in the order in which it was asked; empty to hand over.
    public let findings: [HandoverFinding]
    /// The receiver's measurement, for the log; nil if its report cannot be read.
    public let measurement: [UInt8]?

    /// Whether the root goes.
    public var handsOver: Bool { findings.isEmpty }

    /// The kinds of the reasons, each once, in order.
    public var refusals: [HandoverRefusal] {
        findings.map(\.refusal).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// Decides.
    /// - Parameters:
    ///   - session: what was found under the request's session.
    ///   - list: the releases to which a root may go.
    ///   - own: the verdict on the giver's own evidence.
    ///   - requester: the verdict on the request's evidence, by `HandoverPolicy`.
    public init(
        _ session: HandoverSessions.Found, _ request: HandoverRequest, list: ReleaseList, own: Verdict,
        requester: Verdict, at now: Timestamp
    ) {
        measurement = requester.report?.measurement
        guard let offer = session.offer else {
            findings = [HandoverFinding(.unknownSession, "no session of this name is open")]
            return
        }
        let peer = HandoverPeer(verdict: requester, own: own)
        findings =
            HandoverDecision.session(session, offer, request)
            + peer.findings(
                purpose: .request, transcript: HandoverTranscript.request(offer, request.claim))
            + HandoverDecision.release(requester, list, at: now)
            + HandoverDecision.securityVersions(requester, own)
    }

    private static func session(
        _ session: HandoverSessions.Found, _ offer: HandoverOffer, _ request: HandoverRequest
    ) -> [HandoverFinding] {
        var found: [HandoverFinding] = []
        switch session {
        case .open, .unknown: break
        case .stale:
            found.append(
                HandoverFinding(
                    .staleSession, "an offer is good for \(HandoverSessions.lifetimeSeconds) seconds"))
        case .used: found.append(HandoverFinding(.usedSession, "an offer is good for one request"))
        }
        if request.claim.offerNonce != offer.nonce || request.claim.session != offer.session {
            found.append(HandoverFinding(.nonceMismatch, "the request answers another offer"))
        }
        return found
    }

    private static func release(
        _ requester: Verdict, _ list: ReleaseList, at now: Timestamp
    ) -> [HandoverFinding] {
        var found: [HandoverFinding] = []
        do throws(ReleaseListFault) { try list.check(at: now) } catch {
            found.append(HandoverFinding(.listExpired, "\(error)"))
        }
        if let report = requester.report, list[report.measurement] == nil {
            found.append(
                HandoverFinding(
                    .measurementNotListed,
                    "measurement \(Hex.encode(report.measurement)) is not in issue \(list.issue)"))
        }
        return found
    }

    /// Reported and committed, component by component: the one is what the receiver's key hangs on, the other what it
    /// can be rolled back to.
    private static func securityVersions(_ requester: Verdict, _ own: Verdict) -> [HandoverFinding] {
        guard let theirs = requester.report, let ours = own.report,
            theirs.reportedTCB.layout == ours.reportedTCB.layout
        else { return [] }
        let pairs = [
            ("reported", theirs.reportedTCB, ours.reportedTCB),
            ("committed", theirs.committedTCB, ours.committedTCB),
        ]
        return pairs.flatMap { name, theirs, ours in
            ours.components(above: theirs).map { component in
                let (value, least) = (theirs[component] ?? 0, ours[component] ?? 0)
                return HandoverFinding(.lowerTCB, "\(name) \(component.rawValue) \(value) is below \(least)")
            }
        }
    }
}

extension HandoverSessions.Found {
    /// The offer, if one was made under this name.
    var offer: HandoverOffer? {
        switch self {
        case .open(let offer), .stale(let offer), .used(let offer): offer
        case .unknown: nil
        }
    }
}
