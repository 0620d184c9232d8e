public import Primitives

/// The giver's open sessions: each is good for one request, once, for a minute. A pure value.
///
/// What has ended is remembered for another minute, so that a request that comes twice is told from one that comes
/// late. There are few places, so that strangers cannot fill the memory, and strangers cannot keep others from them
/// either: a network has a share, and when all are taken whoever holds most loses the oldest.
public struct HandoverSessions: Sendable {
    /// How long an offer is good.
    public static let lifetimeSeconds: Int64 = 60
    /// Sessions that are remembered, open or ended.
    public static let places = 32
    /// Sessions of one network, open or ended: an operator needs one, and one or two more when something goes wrong.
    public static let placesPerNetwork = 4

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
        /// In the order of their opening: the host can set the clock.
        let number: UInt64
        let network: CallerNetwork
        var isUsed = false

        func ageSeconds(at now: Timestamp) -> Int64 { now.unixSeconds - openedAt.unixSeconds }
    }

    private var sessions: [[UInt8]: Session] = [:]
    private var lastNumber: UInt64 = 0

    /// No session yet.
    public init() {}

    /// Opens a session for whoever asks from `network`; nil while all places of that network are taken.
    public mutating func open(
        gateway: String, rootCommitment: [UInt8]?, recoverySet: [UInt8]?, from network: CallerNetwork,
        at now: Timestamp, random: some RandomSource
    ) -> HandoverOffer? {
        sessions = sessions.filter { abs($0.value.ageSeconds(at: now)) <= 2 * HandoverSessions.lifetimeSeconds }
        let held = sessions.values.count { $0.network == network }
        guard held < HandoverSessions.placesPerNetwork else { return nil }
        if sessions.count >= HandoverSessions.places { evict(at: now) }
        let offer = HandoverOffer(
            session: random.bytes(HandoverOffer.sessionBytes), nonce: random.bytes(HandoverOffer.hashBytes),
            gateway: gateway, rootCommitment: rootCommitment, recoverySet: recoverySet)
        sessions[offer.session] = Session(offer: offer, openedAt: now, number: lastNumber, network: network)
        lastNumber += 1
        return offer
    }

    /// Makes room: by the oldest session that nobody can use any more, or else by the oldest of the neighbourhood that
    /// holds most.
    private mutating func evict(at now: Timestamp) {
        let ended = sessions.filter {
            $0.value.isUsed || !(0...HandoverSessions.lifetimeSeconds).contains($0.value.ageSeconds(at: now))
        }
        let held = Dictionary(grouping: sessions.values, by: \.network.neighbourhood).mapValues(\.count)
        let most = held.values.max()
        let candidates = ended.isEmpty ? sessions.filter { held[$0.value.network.neighbourhood] == most } : ended
        if let oldest = candidates.min(by: { $0.value.number < $1.value.number })?.key { sessions[oldest] = nil }
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
