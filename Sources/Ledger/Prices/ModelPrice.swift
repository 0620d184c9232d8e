/// One row of the price list: a model, its rates, and the rates that replace them for long requests.
public struct ModelPrice: Hashable, Sendable {
    /// The dearest rate a row may name, $10,000 per million tokens: some forty times the dearest on sale in 2026, and
    /// low enough that a list cost fits an Int64 (see `Usage.maximumTokens`).
    public static let maximumPicoPerToken: Int64 = 10_000_000_000

    /// Rates for a request whose input side is longer than a threshold. They reprice the whole request, not only what
    /// lies above (that is how the providers bill: protocols, section 6).
    public struct Tier: Hashable, Sendable {
        /// The tier applies to an input side of more tokens than this.
        public let aboveTokens: Int64
        /// The rates for all of the request.
        public let rates: TokenRates

        /// A tier by threshold and rates.
        public init(aboveTokens: Int64, rates: TokenRates) {
            self.aboveTokens = aboveTokens
            self.rates = rates
        }
    }

    /// The catalogue's id of the model.
    public let model: String
    /// Who runs it, `anthropic`.
    public let provider: String
    /// Rates below the first tier.
    public let base: TokenRates
    /// Long-context tiers, lowest threshold first.
    public let tiers: [Tier]
    /// The longest input the provider takes, in tokens.
    public let maxInput: Int64
    /// The most output tokens that can be asked for.
    public let maxOutput: Int64

    /// A row. Tiers are put in order of their thresholds.
    /// - Precondition: every rate lies in 0...`maximumPicoPerToken`, and every threshold is a whole number of
    ///   thousands, as price lists state them (`PriceCatalogue` refuses others with an error).
    public init(
        model: String, provider: String, base: TokenRates, tiers: [Tier] = [], maxInput: Int64, maxOutput: Int64
    ) {
        for rate in base.all + tiers.flatMap(\.rates.all) {
            precondition((0...ModelPrice.maximumPicoPerToken).contains(rate), "a rate lies outside the limits")
        }
        precondition(tiers.allSatisfy { $0.aboveTokens > 0 && $0.aboveTokens % 1_000 == 0 }, "an odd threshold")
        self.model = model
        self.provider = provider
        self.base = base
        self.tiers = tiers.sorted { $0.aboveTokens < $1.aboveTokens }
        self.maxInput = maxInput
        self.maxOutput = maxOutput
    }

    /// The rates for a request with this many tokens on its input side.
    public func rates(forInputSide tokens: Int64) -> TokenRates {
        tiers.last { tokens > $0.aboveTokens }?.rates ?? base
    }

    /// The list cost of a call in pico-USD, exact.
    public func listPico(of usage: Usage) -> Int64 {
        rates(forInputSide: usage.inputSide).listPico(of: usage)
    }

    /// Every set of rates that a request of at most this many input tokens can meet.
    func reachableRates(inputSideAtMost tokens: Int64) -> [TokenRates] {
        [base] + tiers.filter { tokens > $0.aboveTokens }.map(\.rates)
    }
}
