/// When a peer is judged again. A pure value: moments in, decisions out; times are nanoseconds of a steady clock.
///
/// A trusted peer is looked at once a period. One that is not is looked at sooner, after a pause that doubles up to the
/// period. Whoever asks can have it looked at now, but not twice within the floor: strangers may ask, and each look
/// costs the peer a call of its device. A peer that has no time names when it has, and is left alone until then, for a
/// period at most.
public struct PeerSchedule: Hashable, Sendable {
    /// Between two judgements at least, however many ask for one; or the period, if that is shorter.
    public static let floorNanoseconds: UInt64 = 5_000_000_000
    /// After the first failure.
    public static let firstPauseNanoseconds: UInt64 = 5_000_000_000

    private let period: UInt64
    private var next: UInt64?
    private var lastBegun: UInt64?
    private var notBefore: UInt64 = 0
    private var failures: UInt64 = 0
    private var isRunning = false

    /// A schedule whose first judgement is due at once.
    public init(periodSeconds: Int) {
        period = UInt64(max(1, periodSeconds)) * 1_000_000_000
        next = 0
    }

    /// When the next judgement is due; nil while one runs.
    public var due: UInt64? { isRunning ? nil : next }

    /// Begins the judgement that is due, if one is; it runs until `ended`.
    public mutating func take(at now: UInt64) -> Bool {
        guard let due, due <= now else { return false }
        begin(at: now)
        return true
    }

    /// Begins a judgement because somebody asks for it; false while one runs, or so soon after the last.
    public mutating func demand(at now: UInt64) -> Bool {
        guard !isRunning, earliest <= now else { return false }
        begin(at: now)
        return true
    }

    /// Something speaks for another judgement soon, a token under a key that is not known say: the next is due as soon
    /// as the floor allows. Nothing happens while one runs.
    public mutating func hasten(at now: UInt64) {
        guard !isRunning, let next else { return }
        self.next = min(next, max(now, earliest))
    }

    /// The judgement that was begun has ended.
    public mutating func ended(isTrusted: Bool, at now: UInt64) {
        isRunning = false
        guard !isTrusted else {
            failures = 0
            // From its beginning, so that a slow peer is not looked at less often.
            next = max(now, (lastBegun ?? now) + period)
            return
        }
        next = now + min(PeerSchedule.firstPauseNanoseconds << min(failures, 10), period)
        failures += 1
    }

    /// The judgement that was begun came to nothing, because the peer has no time for `seconds`. It is neither a
    /// success nor a failure.
    public mutating func postponed(seconds: Int64, at now: UInt64) {
        isRunning = false
        let asked = UInt64(clamping: max(seconds, 1)).multipliedReportingOverflow(by: 1_000_000_000)
        notBefore = now + (asked.overflow ? period : min(asked.partialValue, period))
        next = notBefore
    }

    private var earliest: UInt64 {
        max(notBefore, lastBegun.map { $0 + min(PeerSchedule.floorNanoseconds, period) } ?? 0)
    }

    private mutating func begin(at now: UInt64) {
        isRunning = true
        lastBegun = now
    }
}
