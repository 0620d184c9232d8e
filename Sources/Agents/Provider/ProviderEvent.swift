/// What a model provider says while it answers, whatever its wire format.
///
/// A stream is: `started`, then any of `text`, `thinking`, `usage` and `stopped`, then exactly one of `finished` and
/// `failed`. A stream that fails before it started consists of `failed` alone.
public enum ProviderEvent: Hashable, Sendable {
    /// The provider took the request. From here on it is charged for. `model` is the id it says it runs; `usage` holds
    /// the input counts, where it reports them, and an output count that is not final.
    case started(model: String?, usage: TokenUsage?)
    /// The next piece of the answer, never empty.
    case text(String)
    /// The next piece of the model's thinking, never empty.
    case thinking(String)
    /// All tokens of the call up to here: replaces what was reported before, is not added to it.
    case usage(TokenUsage)
    /// Why the model stopped.
    case stopped(StopReason)
    /// The answer is whole.
    case finished
    /// Nothing more will come.
    case failed(ProviderFault)
}

/// Why a model stopped. Providers add reasons, so any text is one.
public struct StopReason: RawRepresentable, Hashable, Sendable {
    /// The provider's word.
    public let rawValue: String

    /// A reason by the provider's word.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// The model had said everything.
    public static let endTurn = StopReason(rawValue: "end_turn")
    /// The output limit of the request was reached.
    public static let maximumTokens = StopReason(rawValue: "max_tokens")
    /// The model declined to answer.
    public static let refusal = StopReason(rawValue: "refusal")
}
