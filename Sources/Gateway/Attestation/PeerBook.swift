import Attestation
import AttestationRoutes
import Cryptography
import Identity
import Primitives
import Synchronization

/// What this gateway thinks of each of its peers, and when it looks again. Whoever asks gets what holds at that moment.
final class PeerBook: PeerAuthorities {
    private struct Entry {
        var trust: PeerTrust
        var schedule: PeerSchedule
    }

    /// Beyond two periods: what one judgement may take.
    private static let judgementSeconds = 30

    /// The peers, in the order of the configuration.
    let origins: [String]
    /// Whether a peer that is not trusted is neither called nor believed.
    let isStrict: Bool
    private let maximumAge: UInt64
    private let pacing: any Pacing
    private let entries: Mutex<[Entry]>

    init(_ settings: PeerSettings, pacing: any Pacing) {
        origins = settings.origins
        isStrict = settings.isStrict
        maximumAge = UInt64(2 * settings.periodSeconds + PeerBook.judgementSeconds) * 1_000_000_000
        self.pacing = pacing
        entries = Mutex(
            settings.origins.map {
                Entry(trust: PeerTrust(unjudged: $0), schedule: PeerSchedule(periodSeconds: settings.periodSeconds))
            })
    }

    /// All of them, as they are now.
    var view: PeersView {
        let now = pacing.now()
        return PeersView(
            isStrict: isStrict,
            peers: entries.withLock { $0.map { $0.trust.held(at: now, maximumAge: maximumAge) } })
    }

    /// One of them as it is now; nil for a stranger.
    func trust(of origin: String) -> PeerTrust? {
        guard let index = index(of: origin) else { return nil }
        let now = pacing.now()
        return entries.withLock { $0[index].trust }.held(at: now, maximumAge: maximumAge)
    }

    /// Whether the peer may be called; nil for a stranger.
    func admits(_ origin: String) -> Bool? {
        trust(of: origin).map { $0.state == .trusted || !isStrict }
    }

    /// For tokens: attested keys or none. Without strictness they count as long as the evidence stands, though the peer
    /// publishes others.
    func standing(of issuer: String) -> PeerStanding {
        guard let trust = trust(of: issuer) else { return .stranger }
        guard trust.state == .trusted || !isStrict, !trust.attestedKeys.keys.isEmpty else { return .notTrusted }
        return .attested(trust.attestedKeys)
    }

    /// The peer may have new keys: it is looked at again as soon as the floor allows.
    func missedKey(of issuer: String) {
        guard let index = index(of: issuer) else { return }
        let now = pacing.now()
        entries.withLock { $0[index].schedule.hasten(at: now) }
    }

    /// When the peer is to be judged again; nil while it is being judged.
    func due(_ origin: String) -> UInt64? {
        index(of: origin).flatMap { index in entries.withLock { $0[index].schedule.due } }
    }

    /// Begins the judgement that is due, or with `demanded` one that somebody asks for; false if it is not time.
    func begin(_ origin: String, demanded: Bool = false) -> Bool {
        guard let index = index(of: origin) else { return false }
        let now = pacing.now()
        return entries.withLock {
            demanded ? $0[index].schedule.demand(at: now) : $0[index].schedule.take(at: now)
        }
    }

    /// Takes in a judgement. Returns whether the state has changed by it. One that says nothing but that the peer had
    /// no time leaves the trust that it had, which ends by its age.
    @discardableResult
    func end(_ trust: PeerTrust) -> Bool {
        guard let index = index(of: trust.origin) else { return false }
        let now = pacing.now()
        return entries.withLock { entries in
            let before = entries[index].trust
            if let seconds = trust.retryAfterSeconds {
                entries[index].schedule.postponed(seconds: seconds, at: now)
                guard before.held(at: now, maximumAge: maximumAge).state != .trusted else { return false }
                entries[index].trust = trust
                return before.judgedAt == nil || before.state != trust.state
            }
            entries[index].trust = trust
            entries[index].schedule.ended(isTrusted: trust.state == .trusted, at: now)
            return before.judgedAt == nil || before.state != trust.state
        }
    }

    private func index(of origin: String) -> Int? {
        origins.firstIndex { $0.utf8.elementsEqual(origin.utf8) }
    }
}
