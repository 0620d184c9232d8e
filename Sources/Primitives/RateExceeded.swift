/// A quota is used up: whoever serves people answers 429 with these seconds.
public struct RateExceeded: Error, Hashable, Sendable {
    /// Whole seconds until it is worth trying again, at least 1.
    public let retryAfterSeconds: Int

    /// Used up for so long.
    public init(retryAfterSeconds: Int) {
        self.retryAfterSeconds = retryAfterSeconds
    }
}
