/// The tokens of one provider call, in five classes that do not overlap (the shape Anthropic reports; providers whose
/// input count includes cached tokens are normalised before they come here, or cached tokens would be billed twice).
public struct Usage: Hashable, Sendable {
    /// The most tokens that one class can hold, a hundred times the largest context on sale. With
    /// `ModelPrice.maximumPicoPerToken` it keeps every list cost within an Int64.
    public static let maximumTokens: Int64 = 100_000_000

    /// Fresh input tokens, neither read from nor written to a cache.
    public let input: Int64
    /// Output tokens, thinking included.
    public let output: Int64
    /// Input tokens read from a cache.
    public let cacheRead: Int64
    /// Input tokens written to a cache that lives five minutes.
    public let cacheWrite5m: Int64
    /// Input tokens written to a cache that lives one hour.
    public let cacheWrite1h: Int64

    /// Counts outside 0...`maximumTokens` are drawn to the nearer end: a provider's nonsense must neither stop a
    /// settlement nor credit a wallet.
    public init(
        input: Int64 = 0, output: Int64 = 0, cacheRead: Int64 = 0, cacheWrite5m: Int64 = 0, cacheWrite1h: Int64 = 0
    ) {
        self.input = Usage.clamped(input)
        self.output = Usage.clamped(output)
        self.cacheRead = Usage.clamped(cacheRead)
        self.cacheWrite5m = Usage.clamped(cacheWrite5m)
        self.cacheWrite1h = Usage.clamped(cacheWrite1h)
    }

    /// Everything on the input side: what long-context tiers are measured by.
    public var inputSide: Int64 {
        input + cacheRead + cacheWrite5m + cacheWrite1h
    }

    /// The same input with another output count.
    func withOutput(_ output: Int64) -> Usage {
        Usage(
            input: input, output: output, cacheRead: cacheRead, cacheWrite5m: cacheWrite5m, cacheWrite1h: cacheWrite1h)
    }

    /// The larger count of each class: what two cumulative reports of one call come to, in whatever order they came.
    public func combined(with other: Usage?) -> Usage {
        guard let other else { return self }
        return Usage(
            input: max(input, other.input), output: max(output, other.output),
            cacheRead: max(cacheRead, other.cacheRead), cacheWrite5m: max(cacheWrite5m, other.cacheWrite5m),
            cacheWrite1h: max(cacheWrite1h, other.cacheWrite1h))
    }

    private static func clamped(_ count: Int64) -> Int64 {
        min(max(0, count), maximumTokens)
    }
}
