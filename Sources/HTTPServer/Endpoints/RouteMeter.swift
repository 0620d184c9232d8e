import Synchronization
import Telemetry

/// The instruments of one route: a latency histogram and a counter a status.
final class RouteMeter: Sendable {
    private let route: String
    private let metrics: Metrics
    private let histogram: Histogram
    private let counters = Mutex<[Int: Counter]>([:])

    init(route: String, metrics: Metrics) {
        self.route = route
        self.metrics = metrics
        histogram = metrics.histogram(
            "sealgate_http_request_seconds", help: "Time from a request's last byte to the end of its answer.",
            labels: [("route", route)])
    }

    func record(status: Int, microseconds: Int64) {
        histogram.record(microseconds: microseconds)
        counters.withLock { counters in
            if let known = counters[status] { return known }
            let made = metrics.counter(
                "sealgate_http_requests_total", help: "Requests by route and status.",
                labels: [("route", route), ("status", String(status))])
            counters[status] = made
            return made
        }.add()
    }
}
