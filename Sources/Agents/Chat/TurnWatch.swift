import Database
public import Telemetry

/// Tells the operator how turns end: a counter by outcome, and a line for what should not happen. Ids and codes only.
public struct TurnWatch: Sendable {
    private let log: Log
    private let metrics: Metrics

    /// A watch that counts in `metrics` and writes to `log`.
    public init(log: Log, metrics: Metrics) {
        self.log = log
        self.metrics = metrics
    }

    /// A turn came to its end, or was refused, with this code.
    func count(_ code: String) {
        metrics.counter(
            "sealgate_chat_turns_total", help: "Chat turns by how they ended.", labels: [("outcome", code)]
        ).add()
    }

    /// The last write of a turn failed; it is kept and tried again.
    func notRecorded(_ call: String, _ error: any Error) {
        log.write("turn_not_recorded", [("call", .id(call)), ("reason", .id(TurnWatch.reason(error)))])
    }

    /// Turns whose last write landed after all.
    func recordedLate(_ count: Int) {
        guard count > 0 else { return }
        log.write("turns_recorded_late", [("count", .number(Int64(count)))])
    }

    /// Something threw what nothing should throw.
    func unexpected(_ error: any Error) {
        log.write("chat_unexpected_error", [("reason", .id(TurnWatch.reason(error)))])
    }

    /// Turns that were ended after the fact.
    func ended(afterTheFact count: Int) {
        guard count > 0 else { return }
        log.write("abandoned_turns_ended", [("count", .number(Int64(count)))])
    }

    /// The error's type and case, without what it carries, which could be content. The database's errors name tables
    /// and rules, never a value.
    private static func reason(_ error: any Error) -> String {
        if let error = error as? DatabaseError { return error.description }
        let name = "\(error)".prefix { $0.isLetter || $0.isNumber }
        return "\(type(of: error)).\(name)"
    }
}
