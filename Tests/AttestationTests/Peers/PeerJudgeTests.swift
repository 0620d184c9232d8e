import Cryptography
import Primitives
import Testing

@testable import Attestation

@Suite("Another gateway is trusted by its evidence alone")
struct PeerJudgeTests {
    private let clock = ManualClock(Timestamp(unixSeconds: 1_795_132_800))

    private func judge(
        _ peer: ScriptedPeer, pacing: ScriptedPacing = ScriptedPacing(), seed: UInt64 = 7,
        _ policy: EvidencePolicy? = EvidencePolicy(measurements: [ScriptedPeer.measurement])
    ) async throws -> PeerTrust {
        let judge = PeerJudge(
            verifier: BundleVerifier(Verifier(roots: try peer.roots())), fetcher: peer,
            clock: clock, pacing: pacing, random: SeededRandom(seed: seed))
        return await judge.judge(ScriptedPeer.origin, by: policy)
    }

    @Test("An honest peer is trusted, with the keys that its evidence names")
    func honest() async throws {
        let peer = try ScriptedPeer(.none, clock: clock)
        let trust = try await judge(peer)
        #expect(trust.state == .trusted, "\(trust.reasons)")
        #expect(trust.reasons == [])
        #expect(trust.judgedAt == clock.now())
        #expect(trust.attestedKeys.keys.map(\.thumbprint) == [peer.key.thumbprint])
        #expect(trust.attestedKeyPrefix == Hex.encode(peer.key.thumbprintBytes.prefix(16)))
        #expect(trust.verdict?.isTrusted == true)
    }

    @Test("Each question has a nonce of its own")
    func freshNonces() async throws {
        let peer = try ScriptedPeer(.none, clock: clock)
        for seed in [1, 2] as [UInt64] { _ = try await judge(peer, seed: seed) }
        let nonces = peer.targets.filter { $0.contains("nonce=") }
        #expect(nonces.count == 2 && Set(nonces).count == 2)
    }

    static let lies: [(ScriptedPeer.Lie, PeerState, String)] = [
        (.redirects, .degradedNoAttestation, "peer_redirects"),
        (.sendsMegabytes, .degradedNoAttestation, "peer_answer_too_large"),
        (.answers503, .degradedNoAttestation, "peer_refused"), (.answers429, .degradedNoAttestation, "peer_busy"),
        (.answersBusy503, .degradedNoAttestation, "peer_busy"), (.answersNonsense, .degradedNoAttestation, "bundle"),
        (.claimsNoKeys, .degradedHashMismatch, "session_keys"), (.otherHost, .degradedNoAttestation, "gateway"),
        (.yesterday, .degradedNoAttestation, "age"), (.tomorrow, .degradedNoAttestation, "age"),
        (.replayedNonce, .degradedNoAttestation, "nonce"), (.otherNonce, .degradedNoAttestation, "nonce"),
        (.bootReport, .degradedNoAttestation, "nonce"), (.agentGatewayProfile, .degradedNoAttestation, "nonce"),
        (.otherMeasurement, .degradedNoAttestation, "measurement"), (.strangersRoot, .degradedNoAttestation, "root"),
        (.debuggable, .degradedNoAttestation, "debug"), (.editedStatement, .degradedNoAttestation, "report_data"),
        (.publishesOtherKeys, .degradedHashMismatch, "session_keys"),
        (.publishesOneMoreKey, .degradedHashMismatch, "session_keys"),
        (.bundlesOtherKeys, .degradedHashMismatch, "session_keys"),
        (.otherTLSKey, .degradedNoAttestation, "peer_other_tls_key"),
        (.changesTLSKey, .degradedNoAttestation, "tls_key"),
    ]

    @Test("A lying peer is degraded at once, with the check that it failed", arguments: lies)
    func lying(lie: ScriptedPeer.Lie, state: PeerState, reason: String) async throws {
        let peer = try ScriptedPeer(lie, clock: clock)
        let trust = try await judge(peer)
        #expect(trust.state == state)
        #expect(trust.reasons.contains { $0.code == reason }, "\(trust.reasons)")
        #expect(!trust.attestedKeys.keys.contains { $0.thumbprint == peer.stranger.thumbprint })
        if state == .degradedNoAttestation { #expect(trust.attestedKeys.keys.isEmpty) }
    }

    @Test("Every lie that can be told is among those above")
    func allLies() {
        let told = Set(Self.lies.map(\.0)).union([.none, .hangs, .announcesKey, .bindsTLSKey])
        #expect(told == Set(ScriptedPeer.Lie.allCases))
    }

    @Test("A peer that hangs is given up, though its fetcher never returns by itself")
    func hanging() async throws {
        let trust = try await judge(try ScriptedPeer(.hangs, clock: clock), pacing: ScriptedPacing(isHasty: true))
        #expect(trust.state == .degradedNoAttestation)
        #expect(trust.reasons.map(\.code) == ["peer_timed_out"])
    }

    @Test(
        "A peer that has no time is asked again when it says, and only such a peer",
        arguments: [(.answers429, 1), (.answersBusy503, 7), (.answers503, nil), (.redirects, nil), (.none, nil)]
            as [(ScriptedPeer.Lie, Int64?)])
    func busy(lie: ScriptedPeer.Lie, seconds: Int64?) async throws {
        let trust = try await judge(try ScriptedPeer(lie, clock: clock))
        #expect(trust.retryAfterSeconds == seconds)
    }

    @Test("A TLS key that the evidence names is what keys and evidence are fetched from; without one it is said")
    func boundTLSKey() async throws {
        let bound = try ScriptedPeer(.bindsTLSKey, clock: clock)
        let trust = try await judge(bound)
        #expect(trust.state == .trusted, "\(trust.reasons)")
        #expect(trust.verdict?[.tlsKey]?.outcome == .pass)
        #expect(!trust.notChecked.contains { $0.code == "tls_key" })
        #expect(bound.pinnedCount == 2 && bound.targets.count == 4)
        #expect(Set(bound.targets.filter { $0.contains("nonce=") }).count == 2, "a nonce for each question")
        let unbound = try ScriptedPeer(.none, clock: clock)
        #expect(try await judge(unbound).notChecked.contains { $0.code == "tls_key" })
        #expect(unbound.pinnedCount == 0 && unbound.targets.count == 2)
    }

    @Test("A key announced between the two answers is no lie")
    func rotation() async throws {
        let peer = try ScriptedPeer(.announcesKey, clock: clock)
        let trust = try await judge(peer)
        #expect(trust.state == .trusted, "\(trust.reasons)")
        #expect(trust.attestedKeys.keys.count == 2)
        #expect(peer.targets.count == 3)
    }

    @Test("Without a policy nobody is trusted, and nobody is asked")
    func noPolicy() async throws {
        let peer = try ScriptedPeer(.none, clock: clock)
        let trust = try await judge(peer, nil)
        #expect(trust.state == .degradedNoAttestation)
        #expect(trust.reasons.map(\.code) == ["no_policy"])
        #expect(peer.targets == [])
    }

    @Test("A judgement counts until it is too old, to the nanosecond")
    func age() async throws {
        let pacing = ScriptedPacing(at: 500)
        let trust = try await judge(try ScriptedPeer(.none, clock: clock), pacing: pacing)
        let last = trust.held(at: 1_500, maximumAge: 1_000)
        #expect(last.state == .trusted)
        let late = trust.held(at: 1_501, maximumAge: 1_000)
        #expect(late.state == .degradedNoAttestation)
        #expect(late.reasons.map(\.code) == ["judgement_too_old"])
        #expect(late.attestedKeys.keys.isEmpty && late.attestedKeyPrefix == nil)
        let unjudged = PeerTrust(unjudged: "https://peer.example")
        #expect(unjudged.held(at: .max, maximumAge: 0).reasons.map(\.code) == ["not_judged"])
    }
}
