import Primitives

/// How often something happens in a second.
enum Rate {
    /// Repeats `body` for `seconds`, after a tenth of that to warm up, and gives its rate. Reads the clock once in
    /// `batch` rounds, so that reading it is not what is measured.
    static func perSecond(seconds: Int, batch: Int = 16, _ body: () -> Void) -> Int64 {
        _ = rounds(until: Monotonic.nanoseconds() + UInt64(seconds) * 100_000_000, batch: batch, body)
        let start = Monotonic.nanoseconds()
        let count = rounds(until: start + UInt64(seconds) * 1_000_000_000, batch: batch, body)
        return perSecond(count, since: start)
    }

    /// The rate of `count` events since `start` (monotonic nanoseconds).
    static func perSecond(_ count: Int, since start: UInt64) -> Int64 {
        Int64(UInt64(count) * 1_000_000_000 / max(1, Monotonic.nanoseconds() - start))
    }

    private static func rounds(until end: UInt64, batch: Int, _ body: () -> Void) -> Int {
        var count = 0
        while Monotonic.nanoseconds() < end {
            for _ in 0..<batch { body() }
            count += batch
        }
        return count
    }
}
