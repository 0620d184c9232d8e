import Primitives
import Telemetry

/// Rings when a call cost more than its hold: the wallet pays the hold, the house the rest, and somebody should learn
/// why the bound was too low. It is rung inside a transaction whose body may run again, so it may ring twice for one
/// call, never not at all.
struct OverrunAlarm: Sendable {
    private let log: Log
    private let counter: Counter

    init(log: Log, metrics: Metrics) {
        self.log = log
        counter = metrics.counter(
            "sealgate_platform_overruns_total", help: "Provider calls that cost more than was held for them.")
    }

    func ring(call: String, overrun: MicroUSDC) {
        guard overrun > .zero else { return }
        counter.add()
        log.write("platform_overrun", [("call", .id(call)), ("microUSDC", .number(overrun.rawValue))])
    }
}
