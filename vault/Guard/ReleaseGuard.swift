public import Primitives
import Synchronization

/// Stands before every decryption in the vault: nothing is opened unless the policy lets it at what is known of this
/// instance now. `ReleasePolicy` decides; this asks, counts and tells.
public final class ReleaseGuard: Sendable {
    private struct State {
        var policy: ReleasePolicy
        var source: any TrustSource
        var report: @Sendable (ReleaseDecision) -> Void
        var counters = ReleaseCounters()
    }

    private let state: Mutex<State>
    private let clock: any WallClock

    /// A guard. `report` hears of a decision that differs from the one before in state, reason or outcome.
    public init(
        _ policy: ReleasePolicy, trust: any TrustSource, clock: any WallClock,
        report: @escaping @Sendable (ReleaseDecision) -> Void = { _ in }
    ) {
        state = Mutex(State(policy: policy, source: trust, report: report))
        self.clock = clock
    }

    /// A guard that opens nothing until `begin`: what trust hangs on is known only late in a start.
    public static func closed(clock: any WallClock) -> ReleaseGuard {
        ReleaseGuard(ReleasePolicy(.enforced, failsClosedOnDegraded: true), trust: Unasked(), clock: clock)
    }

    /// Goes over to this policy and source.
    public func begin(
        _ policy: ReleasePolicy, trust: any TrustSource, report: @escaping @Sendable (ReleaseDecision) -> Void
    ) {
        state.withLock { state in
            state.policy = policy
            state.source = trust
            state.report = report
        }
    }

    /// The policy in force.
    public var policy: ReleasePolicy { state.withLock { $0.policy } }
    /// What was decided so far.
    public var counters: ReleaseCounters { state.withLock { $0.counters } }

    /// Returns if a secret may be opened now.
    func admit() throws(ReleaseBlocked) {
        let (policy, source) = state.withLock { ($0.policy, $0.source) }
        // Asked outside of the lock: the source has locks of its own.
        let reading = try? source.reading()
        let decision = policy.decide(reading ?? ReleaseGuard.failed)
        let now = clock.now()
        let report = state.withLock { state in
            let isNews = state.counters.last != decision
            state.counters.note(decision, isGuardError: reading == nil, at: now)
            return isNews ? state.report : nil
        }
        report?(decision)
        guard decision.allowed else { throw ReleaseBlocked(decision: decision) }
    }

    private static let failed = TrustReading(
        .degraded, reasonCode: "trust_source_failed", detail: "What this instance is worth could not be found out.")

    private struct Unasked: TrustSource {
        func reading() throws -> TrustReading {
            TrustReading(.unavailable, reasonCode: "starting", detail: "The gateway has not looked at itself yet.")
        }
    }
}
