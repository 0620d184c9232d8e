public import Primitives

/// The giver's open sessions: each is good for one request, once, for a minute. A pure value.
///
/// What has ended is remembered for another minute, so that a request that comes twice is told from one that comes
/// late. There are few places, so that strangers cannot fill the memory; while they are taken there are no offers.
public struct HandoverSessions: Sendable {
    /// How long an offer is good.
    public static let lifetimeSeconds: Int64 = 60
    /// Sessions that are remembered, open or ended.
    public static let places = 32

    /// What stands under a session's name.
    public enum Found: Hashable, Sendable {
        /// It was open, and is used up now.
        case open(HandoverOffer)
        /// It was open for too long.
        case stale(HandoverOffer)
        /// It has been used.
        case used(HandoverOffer)
        /// There is none, or none any more.
        case unknown
    }

    private struct Session: Sendable {
        let offer: HandoverOffer
        let openedAt: Timestamp
        var isUsed = false

        func ageSeconds(at now: Timestamp) -> Int64 { now.unixSeconds - openedAt.unixSeconds }
    }

    private var sessions: [[UInt8]: Session] = [:]

    /// No session yet.
    public init() {}

    /// Opens a session; nil while all places are taken.
    public mutating func open(
        gateway: String, rootCommitment: [UInt8]?, recoverySet: [UInt8]?, at now: Timestamp,
        random: some RandomSource
    ) -> HandoverOffer? {
        sessions = sessions.filter { abs($0.value.ageSeconds(at: now)) <= 2 * HandoverSessions.lifetimeSeconds }
        guard sessions.count < HandoverSessions.places else { return nil }
        let offer = HandoverOffer(
            session: random.bytes(HandoverOffer.sessionBytes), nonce: random.bytes(HandoverOffer.hashBytes),
            gateway: gateway, rootCommitment: rootCommitment, recoverySet: recoverySet)
        sessions[offer.session] = Session(offer: offer, openedAt: now)
        return offer
    }

    /// Takes a session for a request. Whatever becomes of the request, there is no second one.
    public mutating func take(_ name: [UInt8], at now: Timestamp) -> Found {
        guard let session = sessions[name] else { return .unknown }
        if session.isUsed { return .used(session.offer) }
        sessions[name]?.isUsed = true
        // A clock that went back tells nothing about the age.
        guard (0...HandoverSessions.lifetimeSeconds).contains(session.ageSeconds(at: now)) else {
            return .stale(session.offer)
        }
        return .open(session.offer)
    }
}
