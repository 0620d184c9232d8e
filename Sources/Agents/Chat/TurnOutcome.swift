import Primitives

/// What became of a turn, as it is stored under an idempotency key: ids, codes and figures. The answer's text stays in
/// the conversation, sealed.
struct TurnOutcome: Hashable, Sendable {
    /// The answer's sequence number; nil if there is none.
    let answerSequence: Int?
    /// The event that ended the turn: `done` or `error`.
    let end: TurnEvent

    var bytes: [UInt8] {
        let json: JSON = [
            "v": 1, "answer": answerSequence.map { .integer(Int64($0)) } ?? .null, "end": end.json,
        ]
        return json.bytes
    }

    init(answerSequence: Int?, end: TurnEvent) {
        self.answerSequence = answerSequence
        self.end = end
    }

    /// Reads what `bytes` wrote; nil for anything else.
    init?(_ bytes: [UInt8]) {
        guard let json = try? JSON(parsing: bytes), json["v"] == 1, let end = json["end"], let data = end["data"]
        else { return nil }
        answerSequence = json["answer"]?.integer.map { Int($0) }
        switch end["type"]?.string {
        case "done":
            guard let summary = TurnSummary(data) else { return nil }
            self.end = .done(summary)
        case "error":
            guard let code = data["code"]?.string, let message = data["message"]?.string else { return nil }
            self.end = .error(code: code, message: message)
        default:
            return nil
        }
    }
}
