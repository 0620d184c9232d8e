/// When secrets are opened, by the trust in this instance. Pure: a reading in, a decision out.
///
/// | state | permissive | audit | enforced | enforced, fail closed on degraded |
/// | --- | --- | --- | --- | --- |
/// | trusted | opens | opens | opens | opens |
/// | degraded | opens | opens, counted | opens, counted | refuses |
/// | unavailable | opens | opens, counted | refuses | refuses |
public struct ReleasePolicy: Hashable, Sendable {
    /// What follows from a bad state.
    public enum Mode: String, Hashable, CaseIterable, Sendable {
        /// Nothing: for trying out.
        case permissive
        /// It is counted and logged, and secrets open all the same.
        case audit
        /// Secrets stay shut.
        case enforced
    }

    /// What follows from a bad state.
    public let mode: Mode
    /// Whether a degraded state shuts secrets as well. Counts in `enforced` only.
    public let failsClosedOnDegraded: Bool

    /// A policy.
    public init(_ mode: Mode, failsClosedOnDegraded: Bool = false) {
        self.mode = mode
        self.failsClosedOnDegraded = failsClosedOnDegraded
    }

    /// What is to be done at this reading.
    public func decide(_ reading: TrustReading) -> ReleaseDecision {
        let isRefused =
            switch (mode, reading.state) {
            case (.permissive, _), (.audit, _), (_, .trusted): false
            case (.enforced, .degraded): failsClosedOnDegraded
            case (.enforced, .unavailable): true
            }
        return ReleaseDecision(reading: reading, allowed: !isRefused)
    }
}

/// The record of one decision.
public struct ReleaseDecision: Hashable, Sendable {
    /// What was found.
    public let reading: TrustReading
    /// Whether the secret may be opened.
    public let allowed: Bool
    /// Whether the strictest policy would have refused.
    public var wouldBlockIfFailClosed: Bool { reading.state != .trusted }
}

/// A secret was not opened, because this instance is not trusted enough. Nothing was decrypted, and nothing changed.
public struct ReleaseBlocked: Error, Hashable, Sendable {
    /// The stable code that clients see.
    public static let code = "secret_release_blocked"
    /// Why.
    public let decision: ReleaseDecision
}
