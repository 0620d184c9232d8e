/// A moment in UTC, in whole microseconds since 1970-01-01T00:00:00Z. Leap seconds do not exist, as in POSIX.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Microseconds since the epoch; negative before it.
    public var unixMicroseconds: Int64

    /// A moment by its microseconds since the epoch.
    public init(unixMicroseconds: Int64) {
        self.unixMicroseconds = unixMicroseconds
    }

    /// A moment by its whole seconds since the epoch, as JOSE and Ethereum count.
    /// Seconds beyond what the type can hold saturate.
    public init(unixSeconds: Int64) {
        let (product, overflow) = unixSeconds.multipliedReportingOverflow(by: 1_000_000)
        unixMicroseconds = overflow ? (unixSeconds < 0 ? .min : .max) : product
    }

    /// Whole seconds since the epoch, rounded down.
    public var unixSeconds: Int64 {
        unixMicroseconds >= 0 ? unixMicroseconds / 1_000_000 : (unixMicroseconds - 999_999) / 1_000_000
    }

    /// Whole milliseconds since the epoch, rounded down.
    public var unixMilliseconds: Int64 {
        unixMicroseconds >= 0 ? unixMicroseconds / 1_000 : (unixMicroseconds - 999) / 1_000
    }

    /// The moment that lies `seconds` later (earlier when negative).
    public func adding(seconds: Int64) -> Timestamp {
        Timestamp(unixMicroseconds: unixMicroseconds &+ seconds &* 1_000_000)
    }

    /// The moment that lies `milliseconds` later (earlier when negative).
    public func adding(milliseconds: Int64) -> Timestamp {
        Timestamp(unixMicroseconds: unixMicroseconds &+ milliseconds &* 1_000)
    }

    /// Earlier before later.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.unixMicroseconds < right.unixMicroseconds
    }
}
