import Primitives
import Vault

extension ReleaseGuard {
    /// `secretReleaseGuard` of the wire contract: the policy, and what was decided so far.
    var json: JSON {
        let (policy, counters) = (policy, counters)
        func by(_ state: TrustState) -> JSON { .integer(counters.byState[state] ?? 0) }
        func would(_ state: TrustState) -> JSON { .integer(counters.wouldBlock[state] ?? 0) }
        return [
            "mode": .string(policy.mode.rawValue), "failClosedOnDegraded": .bool(policy.failsClosedOnDegraded),
            "decisionsTotal": .integer(counters.decisions), "trustedCount": by(.trusted),
            "degradedCount": by(.degraded), "unavailableCount": by(.unavailable),
            "guardErrorCount": .integer(counters.guardErrors), "blockedTotal": .integer(counters.blocked),
            "wouldBlockTotal": .integer(counters.wouldBlock.values.reduce(0, +)),
            "wouldBlockDegraded": would(.degraded), "wouldBlockUnavailable": would(.unavailable),
            "lastDecisionAt": counters.lastDecisionAt.map { .string($0.iso8601) } ?? .null,
            "lastState": counters.last.map { .string($0.reading.state.rawValue) } ?? .null,
            "lastReasonCode": counters.last.map { .string($0.reading.reasonCode) } ?? .null,
        ]
    }
}
