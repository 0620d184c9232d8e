public import Cryptography
public import Primitives

/// What is thought of one peer, since when, and why.
public struct PeerTrust: Sendable {
    /// Something that speaks against a peer.
    public struct Reason: Hashable, Sendable {
        /// The longest message: a check's detail may quote what the peer says of itself.
        public static let maximumMessage = 300

        /// A stable code: the name of a check, or of a fault.
        public let code: String
        /// The same for people.
        public let message: String

        /// A reason; its message is cut to `maximumMessage` characters.
        public init(code: String, message: String) {
            self.code = code
            self.message = String(message.prefix(Reason.maximumMessage))
        }
    }

    /// The peer's origin, as configured.
    public let origin: String
    /// What is thought of it.
    public let state: PeerState
    /// When the question was sent whose answer this follows from; nil before the first.
    public let judgedAt: Timestamp?
    /// What speaks against it; empty for a trusted peer.
    public let reasons: [Reason]
    /// Every check; nil where there was nothing to check.
    public let verdict: Verdict?
    /// The keys that trusted evidence names, by their thumbprints; empty without such evidence. Only these may ever
    /// verify what the peer signs.
    public let attestedKeys: TokenKeySet
    /// The peer had no time for the question, and wants it again after so many seconds: nothing was learned about it.
    public let retryAfterSeconds: Int64?
    /// The moment of the question by the steady clock, in nanoseconds: the host can set the other one.
    let askedAt: UInt64

    init(
        origin: String, state: PeerState, judgedAt: Timestamp?, reasons: [Reason], verdict: Verdict? = nil,
        attestedKeys: TokenKeySet = TokenKeySet(), retryAfterSeconds: Int64? = nil, askedAt: UInt64
    ) {
        self.origin = origin
        self.state = state
        self.judgedAt = judgedAt
        self.reasons = reasons
        self.verdict = verdict
        self.attestedKeys = attestedKeys
        self.retryAfterSeconds = retryAfterSeconds
        self.askedAt = askedAt
    }

    /// A peer that nobody has looked at yet.
    public init(unjudged origin: String) {
        self.init(
            origin: origin, state: .degradedNoAttestation, judgedAt: nil,
            reasons: [Reason(code: "not_judged", message: "The peer has not been judged yet.")], askedAt: 0)
    }

    /// A peer that evidence was had of. `published` says whether the keys that it serves were compared and are the
    /// evidence's; `evidence` is the verdict without that comparison.
    init(
        origin: String, judgedAt: Timestamp, evidence: Verdict, published: Verdict, keys: TokenKeySet, askedAt: UInt64
    ) {
        let obstacles = published.checks.filter(\.isObstacle)
        let disagree = !obstacles.isEmpty && obstacles.allSatisfy { $0.name == .sessionKeys }
        self.init(
            origin: origin,
            state: obstacles.isEmpty ? .trusted : disagree ? .degradedHashMismatch : .degradedNoAttestation,
            judgedAt: judgedAt, reasons: obstacles.map(Reason.init), verdict: published,
            attestedKeys: evidence.isTrusted ? TokenKeySet(keys.keys) : TokenKeySet(), askedAt: askedAt)
    }

    /// What the judgement has not looked at, and why; empty where there was nothing to look at.
    public var notChecked: [Reason] {
        (verdict?.checks ?? []).compactMap { check in
            guard case .notChecked(let why) = check.outcome, !check.isObstacle else { return nil }
            return Reason(code: check.name.rawValue, message: why)
        }
    }

    /// The first 16 bytes of the thumbprint of the attested active key, hex: what stands in the report; nil without
    /// trusted evidence.
    public var attestedKeyPrefix: String? {
        attestedKeys.keys.first.map { Hex.encode($0.thumbprintBytes.prefix(16)) }
    }

    /// What this is worth at `now` by the steady clock: nothing, if the question is more than `maximumAge` nanoseconds
    /// ago.
    public func held(at now: UInt64, maximumAge: UInt64) -> PeerTrust {
        guard now > askedAt, now - askedAt > maximumAge, judgedAt != nil else { return self }
        return PeerTrust(
            origin: origin, state: .degradedNoAttestation, judgedAt: judgedAt,
            reasons: [
                Reason(
                    code: "judgement_too_old",
                    message: "The last judgement is more than \(maximumAge / 1_000_000_000) s ago.")
            ] + reasons, verdict: verdict, askedAt: askedAt)
    }
}

extension PeerTrust.Reason {
    fileprivate init(_ check: Check) {
        switch check.outcome {
        case .pass: self.init(code: check.name.rawValue, message: "")
        case .fail(_, let detail), .notChecked(let detail): self.init(code: check.name.rawValue, message: detail)
        }
    }
}
