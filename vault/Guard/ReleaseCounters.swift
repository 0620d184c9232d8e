public import Primitives

/// What the guard has decided since the start.
public struct ReleaseCounters: Hashable, Sendable {
    /// Decisions by the state that was found.
    public private(set) var byState: [TrustState: Int64] = [:]
    /// Decisions that the strictest policy would have turned down, by state.
    public private(set) var wouldBlock: [TrustState: Int64] = [:]
    /// Decisions that opened nothing.
    public private(set) var blocked: Int64 = 0
    /// Times that trust could not be asked for.
    public private(set) var guardErrors: Int64 = 0
    /// When it last decided.
    public private(set) var lastDecisionAt: Timestamp?
    /// What it last decided.
    public private(set) var last: ReleaseDecision?

    /// All decisions.
    public var decisions: Int64 { byState.values.reduce(0, +) }

    /// Nothing decided yet.
    public init() {}

    mutating func note(_ decision: ReleaseDecision, isGuardError: Bool, at now: Timestamp) {
        byState[decision.reading.state, default: 0] += 1
        if decision.wouldBlockIfFailClosed { wouldBlock[decision.reading.state, default: 0] += 1 }
        if !decision.allowed { blocked += 1 }
        if isGuardError { guardErrors += 1 }
        lastDecisionAt = now
        last = decision
    }
}
