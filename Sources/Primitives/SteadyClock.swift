/// A clock that nobody can set: it counts from the machine's start, and stands for no time of day. What it tells may be
/// compared with what it told before, and with nothing else; it is a `WallClock` so that rules which only add seconds
/// and compare can be given either.
public struct SteadyClock: WallClock {
    /// The machine's monotonic clock.
    public init() {}

    /// Microseconds since the machine started, as a timestamp.
    public func now() -> Timestamp {
        Timestamp(unixMicroseconds: Int64(clamping: Monotonic.nanoseconds() / 1_000))
    }
}
