import AttestationRoutes
import Identity
import Primitives
import Synchronization
import Testing

@testable import Attestation
@testable import Gateway

@Suite("What was thought of a peer counts for a while, and then nothing does")
struct PeerBookTests {
    /// A steady clock that the test moves.
    private final class Clock: Pacing {
        private let moment = Mutex<UInt64>(1_000_000_000_000)

        func now() -> UInt64 { moment.withLock { $0 } }
        func wait(until moment: UInt64) async {
            try? await Task.sleep(for: .seconds(86_400))  // pause: until cancelled
        }
        func advance(seconds: UInt64) { moment.withLock { $0 += seconds * 1_000_000_000 } }
    }

    /// An old judgement: that of a fetcher that finds nobody.
    private struct Nobody: PeerFetcher {
        func get(
            _ url: String, pinnedKeySHA256: [UInt8]?, maximumBytes: Int, milliseconds: UInt64
        ) async throws(PeerFetchFault) -> PeerAnswer {
            throw .unreachable
        }
    }

    private static let origin = "https://peer.example"

    private func book(_ clock: Clock, seconds: Int = 10) throws -> PeerBook {
        let source = try ConfigurationSource(
            file: nil,
            environment: ["SEALGATE_PEERS": PeerBookTests.origin, "SEALGATE_PEER_SECONDS": String(seconds)])
        return PeerBook(try Configuration(source).peers, pacing: clock)
    }

    @Test("A judgement older than two periods and half a minute is called that, wherever it is asked for")
    func age() async throws {
        let clock = Clock()
        let book = try book(clock)
        let judge = PeerJudge(
            verifier: BundleVerifier(), fetcher: Nobody(), clock: ManualClock(TestGateway.epoch), pacing: clock,
            random: SystemRandom())
        book.end(await judge.judge(PeerBookTests.origin, by: EvidencePolicy(measurements: nil)))
        clock.advance(seconds: 50)
        #expect(book.trust(of: PeerBookTests.origin)?.reasons.map(\.code) == ["peer_unreachable"])
        clock.advance(seconds: 1)
        for trust in [book.trust(of: PeerBookTests.origin), book.view.peers.first] {
            #expect(trust?.reasons.map(\.code) == ["judgement_too_old", "peer_unreachable"])
        }
    }

    @Test("A trusted peer that has no time stays trusted, until the judgement is too old")
    func busy() throws {
        let clock = Clock()
        let book = try book(clock)
        func judged(_ state: PeerState, retryAfterSeconds: Int64? = nil) -> PeerTrust {
            PeerTrust(
                origin: PeerBookTests.origin, state: state, judgedAt: TestGateway.epoch,
                reasons: state == .trusted ? [] : [PeerTrust.Reason(code: "peer_busy", message: "")],
                retryAfterSeconds: retryAfterSeconds, askedAt: clock.now())
        }
        let hasNoTime = { judged(.degradedNoAttestation, retryAfterSeconds: 3) }
        #expect(book.begin(PeerBookTests.origin))
        book.end(judged(.trusted))
        for _ in 0..<5 {
            clock.advance(seconds: 10)
            #expect(book.begin(PeerBookTests.origin, demanded: true))
            #expect(!book.end(hasNoTime()))
            #expect(book.due(PeerBookTests.origin) == clock.now() + 3_000_000_000)
            #expect(book.admits(PeerBookTests.origin) == true)
        }
        clock.advance(seconds: 3)
        #expect(book.trust(of: PeerBookTests.origin)?.reasons.map(\.code) == ["judgement_too_old"])
        #expect(book.begin(PeerBookTests.origin))
        #expect(book.end(hasNoTime()), "it is degraded now")
        #expect(book.trust(of: PeerBookTests.origin)?.reasons.map(\.code) == ["peer_busy"])
    }

    @Test("Strangers are strangers, to the byte; a peer not judged yet is not trusted")
    func strangers() throws {
        let book = try book(Clock())
        for origin in ["https://peer.example/", "https://PEER.example", "https://peer.example:443", ""] {
            #expect(book.admits(origin) == nil)
            guard case .stranger = book.standing(of: origin) else {
                Issue.record("\(origin) is known")
                continue
            }
        }
        #expect(book.admits(PeerBookTests.origin) == false)
        guard case .notTrusted = book.standing(of: PeerBookTests.origin) else {
            Issue.record("trusted without a judgement")
            return
        }
    }

    @Test("One judgement at a time, and on demand none within the floor")
    func turns() async throws {
        let clock = Clock()
        let book = try book(clock)
        #expect(book.begin(PeerBookTests.origin))
        #expect(book.due(PeerBookTests.origin) == nil)
        #expect(!book.begin(PeerBookTests.origin, demanded: true))
        #expect(book.end(PeerTrust(unjudged: PeerBookTests.origin)), "the first is news")
        #expect(!book.begin(PeerBookTests.origin, demanded: true))
        clock.advance(seconds: 5)
        #expect(book.begin(PeerBookTests.origin, demanded: true))
        #expect(!book.begin("https://stranger.example", demanded: true))
        book.end(PeerTrust(unjudged: PeerBookTests.origin))
        clock.advance(seconds: 4)
        let planned = try #require(book.due(PeerBookTests.origin))
        book.missedKey(of: "https://stranger.example")
        #expect(book.due(PeerBookTests.origin) == planned)
        book.missedKey(of: PeerBookTests.origin)
        #expect(book.due(PeerBookTests.origin) == clock.now() + 1_000_000_000, "the floor is kept")
    }
}
