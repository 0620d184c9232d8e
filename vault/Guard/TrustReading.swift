/// How far this instance can be trusted with an opened secret, as far as it knows itself.
public enum TrustState: String, Hashable, CaseIterable, Sendable {
    /// The hardware's evidence is vouched for, and nothing is less safe than its design.
    case trusted
    /// There is evidence, and something is less safe than its design; or the question could not be answered.
    case degraded
    /// There is no evidence that anybody vouches for.
    case unavailable
}

/// What was found when trust was asked for.
public struct TrustReading: Hashable, Sendable {
    /// The state.
    public let state: TrustState
    /// Why, stable: lower-case letters and underscores.
    public let reasonCode: String
    /// Why, for people. Never anything of a secret.
    public let detail: String

    /// A reading by its parts.
    public init(_ state: TrustState, reasonCode: String, detail: String) {
        self.state = state
        self.reasonCode = reasonCode
        self.detail = detail
    }
}

/// Says how far this instance can be trusted now. Asked before every decryption, so it answers at once, from memory.
public protocol TrustSource: Sendable {
    /// The reading. Throws if it cannot be had: that counts as degraded.
    func reading() throws -> TrustReading
}
