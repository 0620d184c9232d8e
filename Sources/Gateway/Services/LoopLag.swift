import EventLoops
import Telemetry

/// Exports how long event loops are kept busy in one turn: what a ready connection has to wait.
final class LoopLag: LagObserver {
    private let histogram: Histogram
    private let other: (any LagObserver)?

    /// `other` hears the same, on the loop's thread.
    init(metrics: Metrics, other: (any LagObserver)? = nil) {
        histogram = metrics.histogram(
            "sealgate_loop_busy_seconds", help: "Time an event loop spent in one turn before polling again.")
        self.other = other
    }

    func loopWasBusy(_ loop: Int, nanoseconds: UInt64) {
        histogram.record(microseconds: Int64(nanoseconds / 1_000))
        other?.loopWasBusy(loop, nanoseconds: nanoseconds)
    }
}
