import Synchronization

/// Counts of durations by upper bound, in the shape Prometheus expects. Safe from any thread; a few ten nanoseconds.
public final class Histogram: Sendable {
    /// Upper bounds in microseconds, 50 us to 60 s: from a cached lookup to a long model answer.
    public static let boundsMicroseconds: [Int64] = [
        50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
        2_500_000, 5_000_000, 10_000_000, 30_000_000, 60_000_000,
    ]

    struct State {
        var counts = [Int64](repeating: 0, count: Histogram.boundsMicroseconds.count + 1)
        var sumMicroseconds: Int64 = 0
        var maximumMicroseconds: Int64 = 0
    }

    private let state = Mutex(State())

    /// An empty histogram.
    public init() {}

    /// Counts one duration.
    public func record(microseconds: Int64) {
        let bucket =
            Histogram.boundsMicroseconds.firstIndex { microseconds <= $0 } ?? Histogram.boundsMicroseconds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sumMicroseconds &+= microseconds
            state.maximumMicroseconds = max(state.maximumMicroseconds, microseconds)
        }
    }

    /// How many durations were counted.
    public var count: Int64 {
        state.withLock { $0.counts.reduce(0, +) }
    }

    /// The longest duration counted, in microseconds.
    public var maximumMicroseconds: Int64 {
        state.withLock { $0.maximumMicroseconds }
    }

    var snapshot: State {
        state.withLock { $0 }
    }
}
