/// So many acts in so much time: a bucket that holds `count` acts and refills evenly over the window (the generic cell
/// rate algorithm of ITU-T I.371 annex A, with the whole window as its tolerance). Pure: the state is one number.
public struct RateQuota: Hashable, Sendable {
    /// How many acts a quota may allow.
    public static let counts = 1...1_000_000
    /// How long its window may be, in seconds: up to a day.
    public static let windows = 1...86_400

    /// The acts that a full bucket holds.
    public let count: Int
    /// The seconds in which an empty bucket is full again.
    public let windowSeconds: Int

    /// A quota. Nil if a number is outside `counts` or `windows`.
    public init?(count: Int, windowSeconds: Int) {
        guard RateQuota.counts.contains(count), RateQuota.windows.contains(windowSeconds) else { return nil }
        self.count = count
        self.windowSeconds = windowSeconds
    }

    /// Reads `60/3600`: acts and seconds.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let count = Int(parts[0]), let seconds = Int(parts[1])
        else { return nil }
        self.init(count: count, windowSeconds: seconds)
    }

    /// The quota as it is written, `60/3600`.
    public var text: String { "\(count)/\(windowSeconds)" }

    /// Takes one act out of a bucket that is full at `fullAt` if nobody takes more. Both moments are in microseconds on
    /// one clock. A refused act leaves the bucket as it was.
    public func take(at now: Int64, fullAt: Int64) -> RateDecision {
        let window = Int64(windowSeconds) * 1_000_000
        // A moment beyond the window was written by a clock that ran ahead: it may empty the bucket, not lock it.
        let before = min(max(fullAt, now), now + window)
        let after = before + window / Int64(count)
        let isAllowed = after <= now + window
        let left = now + window - (isAllowed ? after : before)
        return RateDecision(
            isAllowed: isAllowed, remaining: Int(left * Int64(count) / window), fullAt: isAllowed ? after : before,
            fullInSeconds: RateQuota.seconds((isAllowed ? after : before) - now),
            retryAfterSeconds: isAllowed ? 0 : max(1, RateQuota.seconds(after - now - window)))
    }

    /// Whole seconds, rounded up.
    private static func seconds(_ microseconds: Int64) -> Int {
        Int((microseconds + 999_999) / 1_000_000)
    }
}
