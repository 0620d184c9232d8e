import Attestation
import Primitives
import Testing

@Suite("An offer is good once, for a minute")
struct HandoverSessionsTests {
    private static let now = Timestamp(unixSeconds: 1_790_000_000)

    private func open(_ sessions: inout HandoverSessions, at now: Timestamp = now) -> HandoverOffer? {
        sessions.open(
            gateway: "https://a.example", rootCommitment: nil, recoverySet: nil, at: now, random: SystemRandom())
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

    @Test("There are so many and no more, until the first are forgotten")
    func places() {
        var sessions = HandoverSessions()
        for _ in 0..<HandoverSessions.places { #expect(open(&sessions) != nil) }
        #expect(open(&sessions) == nil)
        #expect(open(&sessions, at: Self.now.adding(seconds: 120)) == nil)
        #expect(open(&sessions, at: Self.now.adding(seconds: 121)) != nil)
    }

    @Test("No two have a name or a nonce in common")
    func fresh() throws {
        var sessions = HandoverSessions()
        let offers = try (0..<8).map { _ in try #require(open(&sessions)) }
        #expect(Set(offers.map(\.session)).count == 8)
        #expect(Set(offers.map(\.nonce)).count == 8)
    }
}
