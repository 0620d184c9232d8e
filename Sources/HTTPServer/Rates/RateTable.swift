import Primitives

/// The buckets of one node: for each subject the moment when its bucket is full again. Bounded: a bucket that nobody
/// touches for a whole turn of the table is forgotten, which forgives whatever it counted; a turn is at least the
/// longest window unless more subjects come than the table holds.
struct RateTable: Sendable {
    /// One bucket's name.
    struct Key: Hashable, Sendable {
        /// Whose acts it counts.
        enum Subject: Hashable, Sendable {
            case address(IPAddress)
            case wallet(WalletID)
        }

        let group: RateGroup
        let subject: Subject
    }

    private let capacity: Int
    private let turnMicroseconds: Int64
    private var young: [Key: Int64] = [:]
    private var old: [Key: Int64] = [:]
    private var turnedAt: Int64 = 0

    init(capacity: Int, turnSeconds: Int) {
        self.capacity = capacity
        turnMicroseconds = Int64(turnSeconds) * 1_000_000
    }

    /// Takes one act of `key` out of its bucket.
    mutating func take(_ key: Key, of quota: RateQuota, at now: Int64) -> RateDecision {
        if young.count >= capacity || now - turnedAt >= turnMicroseconds { turn(at: now) }
        let decision = quota.take(at: now, fullAt: young[key] ?? old[key] ?? now)
        young[key] = decision.fullAt
        return decision
    }

    /// How many buckets are remembered.
    var count: Int { young.count + old.count }

    private mutating func turn(at now: Int64) {
        old = young
        young = [:]
        turnedAt = now
    }
}
