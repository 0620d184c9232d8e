import Primitives
import Testing

@Suite("A rate quota lets through what it says and no more")
struct RateQuotaTests {
    private let start: Int64 = 1_700_000_000_000_000

    @Test("a full bucket gives exactly its count, and one more when a share of the window has passed")
    func exact() throws {
        let quota = try #require(RateQuota(count: 5, windowSeconds: 10))
        var fullAt = start
        for left in [4, 3, 2, 1, 0] {
            let decision = quota.take(at: start, fullAt: fullAt)
            #expect(decision.isAllowed)
            #expect(decision.remaining == left)
            #expect(decision.retryAfterSeconds == 0)
            fullAt = decision.fullAt
        }
        let refused = quota.take(at: start, fullAt: fullAt)
        #expect(!refused.isAllowed)
        #expect(refused.remaining == 0)
        #expect(refused.fullAt == fullAt, "a refused act costs nothing")
        #expect(refused.retryAfterSeconds == 2)
        #expect(refused.fullInSeconds == 10)
        #expect(!quota.take(at: start + 1_999_999, fullAt: fullAt).isAllowed)
        #expect(quota.take(at: start + 2_000_000, fullAt: fullAt).isAllowed)
    }

    @Test("an empty bucket is full again after its window, and never fuller")
    func refill() throws {
        let quota = try #require(RateQuota(count: 3, windowSeconds: 60))
        let empty = start + 60_000_000
        #expect(quota.take(at: start + 60_000_000, fullAt: empty).remaining == 2)
        #expect(quota.take(at: start + 600_000_000, fullAt: empty).remaining == 2)
    }

    @Test("a state from a clock that ran ahead empties the bucket but does not lock it")
    func clockAhead() throws {
        let quota = try #require(RateQuota(count: 2, windowSeconds: 10))
        let ahead = quota.take(at: start, fullAt: start + 1_000_000_000_000)
        #expect(!ahead.isAllowed)
        #expect(ahead.retryAfterSeconds == 5)
        #expect(quota.take(at: start + 5_000_000, fullAt: ahead.fullAt).isAllowed)
    }

    @Test(
        "reads counts and seconds within its limits",
        arguments: [
            ("1/1", true), ("1000000/86400", true), ("1000001/1", false), ("1/86401", false), ("0/1", false),
            ("1/0", false), ("-1/1", false), ("+1/1", false), ("1", false), ("1/2/3", false), ("", false),
            ("a/b", false),
            ("1 /2", false), ("99999999999999999999/1", false),
        ])
    func reading(text: String, isGood: Bool) {
        #expect((RateQuota(text) != nil) == isGood)
        if isGood { #expect(RateQuota(text)?.text == text) }
    }

    @Test("the greatest rate still counts each act")
    func greatest() throws {
        let quota = try #require(RateQuota(count: 1_000_000, windowSeconds: 1))
        var fullAt = start
        for _ in 0..<1_000_000 { fullAt = quota.take(at: start, fullAt: fullAt).fullAt }
        #expect(!quota.take(at: start, fullAt: fullAt).isAllowed)
    }
}
