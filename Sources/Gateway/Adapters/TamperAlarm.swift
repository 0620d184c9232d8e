import Identity
import Telemetry

/// Rings when a row says what this gateway never wrote: somebody else writes to the database. The request that met it
/// is refused; whoever reads the log should look at the others.
struct TamperAlarm: Sendable {
    private let log: Log
    private let counter: Counter

    init(log: Log, metrics: Metrics) {
        self.log = log
        counter = metrics.counter(
            "sealgate_tampering_total", help: "Requests that met rows which this gateway has not written so.")
    }

    func ring(_ tampering: Authenticator.Tampering) {
        counter.add()
        log.write("tampering", [("kind", .id(tampering.rawValue))])
    }
}
