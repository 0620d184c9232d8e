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
        fault("turn_not_recorded", call: call, error)
    }

    /// A turn that was left behind could not be ended. Its money stays held, and the next round tries again.
    func notEnded(_ call: String, _ error: any Error) {
        fault("turn_not_ended", call: call, error)
    }

    /// Turns whose last write landed after all.
    func recordedLate(_ count: Int) {
        guard count > 0 else { return }
        log.write("turns_recorded_late", [("count", .number(Int64(count)))])
    }

    /// Something threw what nothing should throw.
    func unexpected(_ error: any Error) {
        fault("chat_unexpected_error", error)
    }

    /// Turns that were ended after the fact.
    func ended(afterTheFact count: Int) {
        guard count > 0 else { return }
        log.write("abandoned_turns_ended", [("count", .number(Int64(count)))])
    }

    /// A line, and a count that an alarm can be set on.
    private func fault(_ name: String, call: String? = nil, _ error: any Error) {
        let subject = call.map { [(name: "call", value: Log.Value.id($0))] } ?? []
        log.write(name, subject + [("reason", .id(TurnWatch.reason(error)))])
        metrics.counter(
            "sealgate_chat_faults_total", help: "What should not happen to chat turns, by what it was.",
            labels: [("fault", name)]
        ).add()
    }

    /// The error's type and case, without what it carries, which could be content. The database's errors name tables
    /// and rules, never a value.
    private static func reason(_ error: any Error) -> String {
        if let error = error as? DatabaseError { return error.description }
        let name = "\(error)".prefix { $0.isLetter || $0.isNumber }
        return "\(type(of: error)).\(name)"
    }
}
