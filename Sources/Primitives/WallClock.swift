import Glibc

/// Where "now" comes from. Nothing that decides reads the time by itself: it is given a `Timestamp`.
public protocol WallClock: Sendable {
    /// The present moment.
    func now() -> Timestamp
}

/// The host's clock. On a confidential machine the host may set it at will: see THREATS.md.
public struct SystemClock: WallClock {
    /// The host's clock.
    public init() {}

    /// CLOCK_REALTIME.
    public func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(unixMicroseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }
}

/// A stop-watch that only runs forward, for durations and time-outs.
public enum Monotonic {
    /// Nanoseconds since an arbitrary start (CLOCK_MONOTONIC).
    public static func nanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
