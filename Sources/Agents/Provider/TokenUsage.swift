/// Tokens of one provider call in disjoint counts: no token stands in two of them, so each has one price.
///
/// Anthropic's `input_tokens` leaves cached tokens out already; other providers include them and must be taken apart
/// before they become this type.
public struct TokenUsage: Hashable, Sendable {
    /// Input tokens that were neither read from nor written to the provider's cache.
    public var freshInput: Int
    /// Input tokens read from the cache.
    public var cacheRead: Int
    /// Input tokens written to the cache for five minutes.
    public var cacheWrite5m: Int
    /// Input tokens written to the cache for one hour.
    public var cacheWrite1h: Int
    /// Output tokens, thinking included.
    public var output: Int

    /// More tokens than any call can have; a provider that reports more in one count is not believed.
    public static let maximumTokens = 100_000_000

    /// Counts, each 0...`maximumTokens`.
    public init(
        freshInput: Int = 0, cacheRead: Int = 0, cacheWrite5m: Int = 0, cacheWrite1h: Int = 0, output: Int = 0
    ) {
        self.freshInput = freshInput
        self.cacheRead = cacheRead
        self.cacheWrite5m = cacheWrite5m
        self.cacheWrite1h = cacheWrite1h
        self.output = output
    }

    /// All input tokens.
    public var input: Int {
        freshInput + cacheRead + cacheWrite5m + cacheWrite1h
    }
}
