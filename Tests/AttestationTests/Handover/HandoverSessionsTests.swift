import Attestation
import Primitives
import Testing

@Suite("An offer is good once, for a minute")
struct HandoverSessionsTests {
    private static let now = Timestamp(unixSeconds: 1_790_000_000)

    /// From host `host` of a network in neighbourhood `neighbourhood`.
    private func open(
        _ sessions: inout HandoverSessions, from neighbourhood: UInt32 = 0, network: UInt32 = 0, host: UInt32 = 0,
        at now: Timestamp = now
    ) -> HandoverOffer? {
        sessions.open(
            gateway: "https://a.example", rootCommitment: nil, recoverySet: nil,
            from: CallerNetwork(of: .v4(neighbourhood << 16 | network << 8 | host)), at: now, random: SystemRandom())
    }

    @Test("The first request takes it, the second finds it used")
    func once() throws {
        var sessions = HandoverSessions()
        let offer = try #require(open(&sessions))
        #expect(sessions.take(offer.session, at: Self.now) == .open(offer))
        #expect(sessions.take(offer.session, at: Self.now) == .used(offer))
        #expect(sessions.take([UInt8](repeating: 0, count: 16), at: Self.now) == .unknown)
    }

    @Test("It ends by the clock, and where the clock went back", arguments: [(60, true), (61, false), (-1, false)])
    func ends(seconds: Int64, isOpen: Bool) throws {
        var sessions = HandoverSessions()
        let offer = try #require(open(&sessions))
        let found = sessions.take(offer.session, at: Self.now.adding(seconds: seconds))
        #expect(found == (isOpen ? .open(offer) : .stale(offer)))
    }

    @Test("A network has so many and no more, until the first are forgotten; others are served meanwhile")
    func share() {
        var sessions = HandoverSessions()
        for host in 0..<HandoverSessions.placesPerNetwork { #expect(open(&sessions, host: UInt32(host)) != nil) }
        #expect(open(&sessions, host: 200) == nil)
        #expect(open(&sessions, network: 1) != nil)
        #expect(open(&sessions, at: Self.now.adding(seconds: 120)) == nil)
        #expect(open(&sessions, at: Self.now.adding(seconds: 121)) != nil)
    }

    @Test("When all places are taken, whoever holds most loses the oldest, and not whoever holds one")
    func eviction() throws {
        var sessions = HandoverSessions()
        let honest = try #require(open(&sessions, from: 9))
        var crowd: [HandoverOffer] = []
        for network in 0..<UInt32(40) {
            for _ in 0..<HandoverSessions.placesPerNetwork {
                crowd.append(try #require(open(&sessions, from: 1, network: network)))
            }
        }
        let late = try #require(open(&sessions, from: 7))
        #expect(sessions.take(honest.session, at: Self.now) == .open(honest))
        #expect(sessions.take(late.session, at: Self.now) == .open(late))
        let known = crowd.map { sessions.take($0.session, at: Self.now) != .unknown }
        #expect(known.filter { $0 }.count == HandoverSessions.places - 2)
        #expect(known.firstIndex(of: true) == crowd.count - (HandoverSessions.places - 2), "the oldest went")
    }

    @Test("What nobody can use any more goes before what is open")
    func endedFirst() throws {
        var sessions = HandoverSessions()
        let open = try (0..<UInt32(HandoverSessions.places - 1)).map { try #require(self.open(&sessions, from: $0)) }
        let used = try #require(self.open(&sessions, from: 100))
        #expect(sessions.take(used.session, at: Self.now) == .open(used))
        #expect(self.open(&sessions, from: 101) != nil)
        #expect(sessions.take(used.session, at: Self.now) == .unknown)
        for offer in open { #expect(sessions.take(offer.session, at: Self.now) == .open(offer)) }
    }

    @Test("No two have a name or a nonce in common")
    func fresh() throws {
        var sessions = HandoverSessions()
        let offers = try (0..<UInt32(8)).map { try #require(open(&sessions, from: $0)) }
        #expect(Set(offers.map(\.session)).count == 8)
        #expect(Set(offers.map(\.nonce)).count == 8)
    }
}
