import Primitives
import Synchronization
import Testing

@testable import Vault

@Suite("What stands before every opening of a secret")
struct ReleaseGuardTests {
    /// State, mode, fail closed on degraded, whether a secret is opened.
    static let table: [(TrustState?, ReleasePolicy.Mode, Bool, Bool)] = [
        (.trusted, .permissive, false, true), (.trusted, .permissive, true, true),
        (.trusted, .audit, false, true), (.trusted, .audit, true, true),
        (.trusted, .enforced, false, true), (.trusted, .enforced, true, true),
        (.degraded, .permissive, false, true), (.degraded, .permissive, true, true),
        (.degraded, .audit, false, true), (.degraded, .audit, true, true),
        (.degraded, .enforced, false, true), (.degraded, .enforced, true, false),
        (.unavailable, .permissive, false, true), (.unavailable, .permissive, true, true),
        (.unavailable, .audit, false, true), (.unavailable, .audit, true, true),
        (.unavailable, .enforced, false, false), (.unavailable, .enforced, true, false),
        (nil, .permissive, true, true), (nil, .audit, true, true), (nil, .enforced, false, true),
        (nil, .enforced, true, false),
    ]

    @Test("Each state in each mode opens or refuses as the table says, and is counted", arguments: table)
    func decisions(state: TrustState?, mode: ReleasePolicy.Mode, failsClosed: Bool, opens: Bool) throws {
        let now = Timestamp(unixSeconds: 1_763_640_000)
        let guarded = ReleaseGuard(
            ReleasePolicy(mode, failsClosedOnDegraded: failsClosed), trust: SettableTrust(state),
            clock: ManualClock(now))
        if opens {
            try guarded.admit()
        } else {
            #expect(throws: ReleaseBlocked.self) { try guarded.admit() }
        }
        let counters = guarded.counters
        let counted = state ?? .degraded
        #expect(counters.decisions == 1 && counters.byState == [counted: 1])
        #expect(counters.blocked == (opens ? 0 : 1) && counters.guardErrors == (state == nil ? 1 : 0))
        #expect(counters.wouldBlock == (counted == .trusted ? [:] : [counted: 1]))
        #expect(counters.lastDecisionAt == now)
        #expect(counters.last?.reading.state == counted && counters.last?.allowed == opens)
        #expect(counters.last?.wouldBlockIfFailClosed == (counted != .trusted))
        if state == nil { #expect(counters.last?.reading.reasonCode == "trust_source_failed") }
    }

    @Test("The operator hears of what changed, not of every decision")
    func reports() throws {
        let heard = Mutex<[ReleaseDecision]>([])
        let trust = SettableTrust(.trusted)
        let guarded = ReleaseGuard(ReleasePolicy(.enforced), trust: trust, clock: SystemClock()) { decision in
            heard.withLock { $0.append(decision) }
        }
        for state in [TrustState.trusted, .trusted, .unavailable, .unavailable, .trusted] {
            trust.set(state)
            try? guarded.admit()
        }
        #expect(heard.withLock { $0.map(\.allowed) } == [true, false, true])
        #expect(guarded.counters.decisions == 5)
    }

    @Test("A guard that has not begun opens nothing")
    func closed() throws {
        let guarded = ReleaseGuard.closed(clock: SystemClock())
        #expect(throws: ReleaseBlocked.self) { try guarded.admit() }
        guarded.begin(ReleasePolicy(.audit), trust: SettableTrust(.unavailable)) { _ in }
        try guarded.admit()
        #expect(guarded.counters.decisions == 2 && guarded.policy.mode == .audit)
    }

    @Test("While the guard refuses, nothing is opened or changed, and no nonce is used up")
    func vault() async throws {
        let trust = SettableTrust(.trusted)
        let room = try Room.open(
            release: ReleaseGuard(ReleasePolicy(.enforced), trust: trust, clock: SystemClock()))
        let person = try Person()
        try await room.store("sk-ant-one", by: person)
        trust.set(.unavailable)
        let (message, nonce) = try await room.challenge(for: person.caller)
        await #expect(throws: ReleaseBlocked.self) {
            try await room.vault.unlock(
                signature: person.signature(message), nonce: nonce, providers: nil, for: person.caller)
        }
        await #expect(throws: ReleaseBlocked.self) { try await room.store("sk-ant-two", by: person) }
        await #expect(throws: ReleaseBlocked.self) { try await room.key(of: person) }
        #expect(try await room.status(of: person) == ProviderStatus(configured: true, unlocked: false))
        trust.set(.trusted)
        let outcome = try await room.vault.unlock(
            signature: person.signature(message), nonce: nonce, providers: nil, for: person.caller)
        #expect(outcome.unlockedProviders == ["anthropic"])
        #expect(try await room.key(of: person) == "sk-ant-one")
        await room.close()
    }
}
