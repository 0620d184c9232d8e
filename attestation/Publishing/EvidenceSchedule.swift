/// When the device is asked, and for whom. A pure value: arrivals in, calls out; times are nanoseconds of any steady
/// clock.
///
/// The device is slow, and the host may throttle it, so that one call has to serve many. Nonces gather for a quarter of
/// a second from the first; between two calls lies at least a second; at most so many callers wait.
struct EvidenceSchedule: Sendable {
    /// How long the first nonce of a gathering waits for company.
    static let gatheringNanoseconds: UInt64 = 250_000_000
    /// From the beginning of one device call to the beginning of the next.
    static let spacingNanoseconds: UInt64 = 1_000_000_000

    /// Who waits.
    typealias Ticket = UInt64

    /// One call of the device and those that it serves.
    enum Call: Hashable, Sendable {
        /// Evidence over these nonces, in the order of their arrival.
        case nonces([Caller])
        /// The report of profile `agent-gateway/1`.
        case agentGateway([Ticket])
        /// The report without nonces, of the keys that are published now.
        case boot(Ticket)
    }

    /// A caller with a nonce.
    struct Caller: Hashable, Sendable {
        let ticket: Ticket
        let nonce: CallerNonce
        let network: CallerNetwork
    }

    private var callers: [Caller] = []
    private var callersSince: UInt64 = 0
    private var others: [(ticket: Ticket, network: CallerNetwork)] = []
    private var othersSince: UInt64 = 0
    private var boots: [Ticket] = []
    private var isCalling = false
    private var lastCall: UInt64?
    private var places = NetworkPlaces()

    /// A caller with a nonce arrives; false if too many wait already, in all or from that network.
    mutating func arrive(
        _ ticket: Ticket, _ nonce: CallerNonce, from network: CallerNetwork, at now: UInt64
    ) -> Bool {
        guard places.enter(network) else { return false }
        if callers.isEmpty { callersSince = now }
        callers.append(Caller(ticket: ticket, nonce: nonce, network: network))
        return true
    }

    /// A caller arrives who wants the report of the other profile; false if too many wait already, in all or from that
    /// network.
    mutating func arriveForAgentGateway(_ ticket: Ticket, from network: CallerNetwork, at now: UInt64) -> Bool {
        guard places.enter(network) else { return false }
        if others.isEmpty { othersSince = now }
        others.append((ticket, network))
        return true
    }

    /// The gateway itself wants its boot report. It takes no place from anybody, and goes before everybody: without it
    /// the key that signs has no evidence.
    mutating func arriveForBoot(_ ticket: Ticket) {
        boots.append(ticket)
    }

    /// When the next call is due; nil while one runs or nobody waits.
    var due: UInt64? {
        guard !isCalling else { return nil }
        let wishes = [
            callers.isEmpty ? nil : callersSince + EvidenceSchedule.gatheringNanoseconds,
            others.isEmpty ? nil : othersSince,
            boots.isEmpty ? nil : 0,
        ]
        guard let wish = wishes.compactMap({ $0 }).min() else { return nil }
        return max(wish, lastCall.map { $0 + EvidenceSchedule.spacingNanoseconds } ?? 0)
    }

    /// Takes the call that is due, if one is; it runs until `ended`.
    mutating func take(at now: UInt64) -> Call? {
        guard let due, due <= now else { return nil }
        isCalling = true
        lastCall = now
        if !boots.isEmpty { return .boot(boots.removeFirst()) }
        let nonceWish = callersSince + EvidenceSchedule.gatheringNanoseconds
        if callers.isEmpty || !others.isEmpty && othersSince <= nonceWish {
            defer { others = [] }
            for other in others { places.leave(other.network) }
            return .agentGateway(others.map(\.ticket))
        }
        defer { callers = [] }
        for caller in callers { places.leave(caller.network) }
        return .nonces(callers)
    }

    /// The call that was taken has ended.
    mutating func ended() {
        isCalling = false
    }
}
