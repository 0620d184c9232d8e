/// What a `RateQuota` says to one act.
public struct RateDecision: Hashable, Sendable {
    /// Whether the act may go on.
    public let isAllowed: Bool
    /// How many more may follow at once.
    public let remaining: Int
    /// The bucket's new state: when it is full again, in microseconds on the clock that was asked with.
    public let fullAt: Int64
    /// Whole seconds until it is full again, rounded up.
    public let fullInSeconds: Int
    /// Whole seconds until one act is free again, at least 1; 0 if this one was.
    public let retryAfterSeconds: Int
}
