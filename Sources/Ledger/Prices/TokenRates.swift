/// What one token of each class costs, in pico-USD (equal to micro-USD per million tokens).
public struct TokenRates: Hashable, Sendable {
    /// A fresh input token.
    public let input: Int64
    /// An output token.
    public let output: Int64
    /// An input token read from a cache.
    public let cacheRead: Int64
    /// An input token written to a five-minute cache.
    public let cacheWrite5m: Int64
    /// An input token written to a one-hour cache.
    public let cacheWrite1h: Int64

    /// Rates for every class. Where a price list names none, `PriceCatalogue` says what takes its place.
    public init(input: Int64, output: Int64, cacheRead: Int64, cacheWrite5m: Int64, cacheWrite1h: Int64) {
        self.input = input
        self.output = output
        self.cacheRead = cacheRead
        self.cacheWrite5m = cacheWrite5m
        self.cacheWrite1h = cacheWrite1h
    }

    /// The dearest way in which one token of input can be billed.
    var dearestInput: Int64 {
        max(input, cacheRead, cacheWrite5m, cacheWrite1h)
    }

    /// The list cost in pico-USD, exact. Fits: five classes of at most `Usage.maximumTokens` (10^8) at no more than
    /// `ModelPrice.maximumPicoPerToken` (10^10) are at most 5 * 10^18.
    public func listPico(of usage: Usage) -> Int64 {
        usage.input * input + usage.output * output + usage.cacheRead * cacheRead
            + usage.cacheWrite5m * cacheWrite5m + usage.cacheWrite1h * cacheWrite1h
    }

    var all: [Int64] {
        [input, output, cacheRead, cacheWrite5m, cacheWrite1h]
    }
}
