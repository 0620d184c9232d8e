public import HTTPTypes
public import Primitives

/// What a chat client is told while a turn runs: the `type` and `data` of the wire contract.
public enum TurnEvent: Hashable, Sendable {
    /// The next piece of the answer.
    case text(String)
    /// The next piece of the model's thinking.
    case thinking(String)
    /// The answer is whole, and charged. The last event.
    case done(TurnSummary)
    /// The answer broke off; what came was charged. The last event. `code` is stable, `message` is for people.
    case error(code: String, message: String)

    /// `{"type": ..., "data": ...}`.
    public var json: JSON {
        switch self {
        case .text(let piece): ["type": "text", "data": .string(piece)]
        case .thinking(let piece): ["type": "thinking", "data": .string(piece)]
        case .done(let summary): ["type": "done", "data": summary.json]
        case .error(let code, let message):
            ["type": "error", "data": ["code": .string(code), "message": .string(message)]]
        }
    }

    /// The event as it is sent. Clients look for the type within the data, so it has no name.
    public var serverSentEvent: ServerSentEvent {
        ServerSentEvent(data: json.text)
    }
}

/// What a whole answer came to.
public struct TurnSummary: Hashable, Sendable {
    /// The provider's id of the model.
    public let model: String
    /// What the wallet paid.
    public let cost: MicroUSDC
    /// What the wallet can spend now.
    public let balanceRemaining: MicroUSDC
    /// All input tokens, cached ones included.
    public let inputTokens: Int
    /// All output tokens, thinking included.
    public let outputTokens: Int

    /// A summary by its parts.
    public init(model: String, cost: MicroUSDC, balanceRemaining: MicroUSDC, inputTokens: Int, outputTokens: Int) {
        self.model = model
        self.cost = cost
        self.balanceRemaining = balanceRemaining
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
    }

    /// The data of `done`. Amounts are base units as text, except `cost`, which is for people.
    public var json: JSON {
        [
            "model": .string(model), "cost": .string(cost.dollars), "costRaw": .string(cost.baseUnits),
            "balanceRemaining": .string(balanceRemaining.baseUnits),
            "usage": [
                "inputTokens": .integer(Int64(inputTokens)), "outputTokens": .integer(Int64(outputTokens)),
            ],
            "toolCallCount": 0,
        ]
    }

    /// Reads what `json` wrote; nil for anything else.
    init?(_ json: JSON) {
        guard let model = json["model"]?.string,
            let cost = json["costRaw"]?.string.flatMap({ Int64($0) }),
            let balance = json["balanceRemaining"]?.string.flatMap({ Int64($0) }),
            let input = json["usage"]?["inputTokens"]?.integer, let output = json["usage"]?["outputTokens"]?.integer
        else { return nil }
        self.init(
            model: model, cost: MicroUSDC(cost), balanceRemaining: MicroUSDC(balance), inputTokens: Int(input),
            outputTokens: Int(output))
    }
}
