/// Whether a body arrives fast enough. Whoever sends it may have no token yet, so that a slow one must not sit here
/// for long.
struct BodyRate {
    /// What to do when a period is over.
    enum Verdict: Equatable {
        case tooSlow
        /// Look again after so many milliseconds.
        case next(UInt64)
    }

    private var bytesInPeriod = 0
    private var periods = 0
    private var startedAt: UInt64 = 0

    /// The body begins; returns the milliseconds until it is judged first.
    mutating func begin(at now: UInt64, _ limits: ServerLimits) -> UInt64 {
        self = BodyRate()
        startedAt = now
        return min(limits.bodyPeriodMilliseconds, limits.bodyMilliseconds)
    }

    /// Bytes of it have come.
    mutating func count(_ bytes: Int) {
        bytesInPeriod += bytes
    }

    /// A period is over and the body has not ended. `now` in nanoseconds.
    mutating func judge(at now: UInt64, _ limits: ServerLimits) -> Verdict {
        let needed = periods == 0 ? limits.bodyBytesInFirstPeriod : limits.bodyBytesPerPeriod
        let elapsed = (now - startedAt) / 1_000_000
        guard bytesInPeriod >= needed, elapsed < limits.bodyMilliseconds else { return .tooSlow }
        periods += 1
        bytesInPeriod = 0
        return .next(min(limits.bodyPeriodMilliseconds, limits.bodyMilliseconds - elapsed))
    }
}
