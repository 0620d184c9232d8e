import Synchronization

/// What `/metrics` shows: histograms, counters and gauges, rendered as Prometheus text (exposition format 0.0.4).
public final class Metrics: Sendable {
    /// Label names with their values, in the order in which they are written.
    public typealias Labels = [(name: String, value: String)]

    private enum Instrument {
        case histogram(Histogram)
        case counter(Counter)
        case gauge(@Sendable () -> Int64)
    }

    private struct Family {
        var help: String
        var instruments: [String: Instrument] = [:]
    }

    private let families = Mutex<[String: Family]>([:])

    /// No instruments yet.
    public init() {}

    /// The histogram of that name (in seconds on the page) and labels; made at the first call, the same ever after.
    /// Look it up once and keep it: the look-up takes a lock.
    public func histogram(_ name: String, help: String, labels: Labels = []) -> Histogram {
        let key = Metrics.render(labels)
        return families.withLock { families in
            if case .histogram(let known)? = families[name]?.instruments[key] { return known }
            let made = Histogram()
            families[name, default: Family(help: help)].instruments[key] = .histogram(made)
            return made
        }
    }

    /// The counter of that name and labels; made at the first call, the same ever after. Keep it: the look-up locks.
    public func counter(_ name: String, help: String, labels: Labels = []) -> Counter {
        let key = Metrics.render(labels)
        return families.withLock { families in
            if case .counter(let known)? = families[name]?.instruments[key] { return known }
            let made = Counter()
            families[name, default: Family(help: help)].instruments[key] = .counter(made)
            return made
        }
    }

    /// A value read when the page is asked for. `read` must be quick and must not use these metrics.
    public func gauge(_ name: String, help: String, labels: Labels = [], _ read: @escaping @Sendable () -> Int64) {
        let key = Metrics.render(labels)
        families.withLock { $0[name, default: Family(help: help)].instruments[key] = .gauge(read) }
    }

    /// Lets go of what the gauges read from, when that ends: it usually knows these metrics, too, and neither would
    /// ever be freed.
    public func dropGauges() {
        families.withLock { families in
            for (name, family) in families {
                families[name]?.instruments = family.instruments.filter { entry in
                    if case .gauge = entry.value { false } else { true }
                }
            }
        }
    }

    /// The page.
    public func render() -> String {
        var page = ""
        for (name, family) in families.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
            page += "# HELP \(name) \(family.help)\n# TYPE \(name) \(Metrics.type(of: family))\n"
            for (labels, instrument) in family.instruments.sorted(by: { $0.key < $1.key }) {
                switch instrument {
                case .counter(let counter): page += "\(name)\(Metrics.braced(labels)) \(counter.value)\n"
                case .gauge(let read): page += "\(name)\(Metrics.braced(labels)) \(read())\n"
                case .histogram(let histogram): page += Metrics.render(histogram, name: name, labels: labels)
                }
            }
        }
        return page
    }

    private static func type(of family: Family) -> String {
        switch family.instruments.values.first {
        case .histogram: "histogram"
        case .counter: "counter"
        default: "gauge"
        }
    }

    private static func render(_ histogram: Histogram, name: String, labels: String) -> String {
        let state = histogram.snapshot
        let comma = labels.isEmpty ? "" : ","
        var text = ""
        var total: Int64 = 0
        for (index, bound) in Histogram.boundsMicroseconds.enumerated() {
            total += state.counts[index]
            text += "\(name)_bucket{\(labels)\(comma)le=\"\(seconds(bound))\"} \(total)\n"
        }
        total += state.counts[Histogram.boundsMicroseconds.count]
        text += "\(name)_bucket{\(labels)\(comma)le=\"+Inf\"} \(total)\n"
        text += "\(name)_sum\(braced(labels)) \(seconds(state.sumMicroseconds))\n"
        text += "\(name)_count\(braced(labels)) \(total)\n"
        return text
    }

    private static func braced(_ labels: String) -> String {
        labels.isEmpty ? "" : "{\(labels)}"
    }

    private static func render(_ labels: Labels) -> String {
        labels.map { label in
            let value = label.value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing(
                "\n", with: "\\n")
            return "\(label.name)=\"\(value)\""
        }.joined(separator: ",")
    }

    /// Microseconds as decimal seconds, exactly.
    private static func seconds(_ microseconds: Int64) -> String {
        let fraction = String(microseconds % 1_000_000)
        return "\(microseconds / 1_000_000).\(String(repeating: "0", count: 6 - fraction.utf8.count))\(fraction)"
    }
}
