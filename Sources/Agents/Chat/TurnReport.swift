/// What a turn has seen of its call so far. The turn only reports; what it costs is the ledger's rule.
public struct TurnProgress: Hashable, Sendable {
    /// The model the provider says it runs.
    public internal(set) var model: String?
    /// The latest counts the provider reported; nil if it reported none.
    public internal(set) var usage: TokenUsage?
    /// Bytes of UTF-8 in text and thinking received.
    public internal(set) var outputBytes: Int

    /// Progress by its parts.
    public init(model: String? = nil, usage: TokenUsage? = nil, outputBytes: Int = 0) {
        self.model = model
        self.usage = usage
        self.outputBytes = outputBytes
    }
}

/// What a turn saw of its call, all told.
public struct TurnReport: Hashable, Sendable {
    /// What came.
    public let progress: TurnProgress
    /// Whether `progress.usage` is the provider's final word. If not, its output count is too small.
    public let usageIsFinal: Bool
    /// How it ended.
    public let ending: TurnEnding

    /// A report by its parts.
    public init(progress: TurnProgress, usageIsFinal: Bool, ending: TurnEnding) {
        self.progress = progress
        self.usageIsFinal = usageIsFinal
        self.ending = ending
    }
}

/// How a turn that had started ended.
public enum TurnEnding: Hashable, Sendable {
    /// The answer is whole.
    case finished
    /// The provider's stream broke.
    case provider(ProviderFault)
    /// The answer grew past `TurnLimits.outputBytes`.
    case outputLimit
    /// The answer took longer than `TurnLimits.answerMilliseconds`: its client took it too slowly.
    case timeLimit
    /// The client left.
    case clientLeft
    /// The gateway stopped in mid-turn: orderly, or dead, and then the next start ended the turn.
    case interrupted

    init(_ reason: TurnStop.Reason) {
        switch reason {
        case .clientLeft: self = .clientLeft
        case .timeLimit: self = .timeLimit
        case .interrupted: self = .interrupted
        }
    }

    /// The code of the client's `error` event and of the record: lower-case letters and underscores.
    public var code: String {
        switch self {
        case .finished: "finished"
        case .provider(.overloaded): "provider_overloaded"
        case .provider(.rateLimited): "provider_rate_limited"
        case .provider(.keyRejected): "provider_key_rejected"
        case .provider(.requestRefused): "provider_request_refused"
        case .provider(.reported): "provider_error"
        case .provider(.malformed), .provider(.outOfOrder): "provider_malformed"
        case .provider(.cut): "provider_cut"
        case .provider(.stalled): "provider_stalled"
        case .provider(.timeLimit), .timeLimit: "turn_time_limit"
        case .outputLimit: "output_limit"
        case .clientLeft: "client_left"
        case .interrupted: "interrupted"
        }
    }

    /// For people. Nothing more than what came is charged: that holds as well for a turn of which no usage is known.
    public var message: String {
        switch self {
        case .finished: "The answer is whole."
        case .provider(.timeLimit), .timeLimit:
            "The answer took too long and was stopped. Only what came is charged."
        case .provider: "The model provider's answer broke off. Only what came is charged."
        case .outputLimit: "The answer grew too long and was stopped. Only what came is charged."
        case .clientLeft: "The client left before the answer was whole. Only what came is charged."
        case .interrupted: "The gateway stopped before the answer was whole. Only what came is charged."
        }
    }
}
