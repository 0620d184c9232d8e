import Attestation
import Testing

@Suite("When a peer is judged again")
struct PeerScheduleTests {
    private static let second: UInt64 = 1_000_000_000

    @Test("At once, then once a period from the beginning of the last")
    func period() {
        var schedule = PeerSchedule(periodSeconds: 60)
        let start = 100 * Self.second
        let isTaken = schedule.take(at: start)
        #expect(isTaken)
        #expect(schedule.due == nil)
        let isTakenTwice = schedule.take(at: start)
        #expect(!isTakenTwice, "one at a time")
        schedule.ended(isTrusted: true, at: start + 2 * Self.second)
        #expect(schedule.due == start + 60 * Self.second)
        let isTakenEarly = schedule.take(at: start + 60 * Self.second - 1)
        #expect(!isTakenEarly)
        let isTakenInTime = schedule.take(at: start + 60 * Self.second)
        #expect(isTakenInTime)
        schedule.ended(isTrusted: true, at: start + 500 * Self.second)
        #expect(schedule.due == start + 500 * Self.second, "a judgement longer than the period")
    }

    @Test("After a failure sooner, then later and later up to the period; one success begins anew")
    func pauses() {
        var schedule = PeerSchedule(periodSeconds: 60)
        var now = Self.second
        var pauses: [UInt64] = []
        for _ in 0..<14 {
            let isTaken = schedule.take(at: now)
            #expect(isTaken)
            schedule.ended(isTrusted: false, at: now)
            let next = schedule.due ?? 0
            pauses.append((next - now) / Self.second)
            now = next
        }
        #expect(pauses == [5, 10, 20, 40] + [UInt64](repeating: 60, count: 10))
        let isTaken = schedule.take(at: now)
        #expect(isTaken)
        schedule.ended(isTrusted: true, at: now)
        now += 60 * Self.second
        let isTakenAgain = schedule.take(at: now)
        #expect(isTakenAgain)
        schedule.ended(isTrusted: false, at: now)
        #expect(schedule.due == now + 5 * Self.second)
    }

    @Test("With a hint sooner than the period, but never within the floor, nor later than it was due")
    func hints() {
        var schedule = PeerSchedule(periodSeconds: 60)
        let start = 100 * Self.second
        _ = schedule.take(at: start)
        schedule.hasten(at: start)
        #expect(schedule.due == nil, "one runs")
        schedule.ended(isTrusted: true, at: start + Self.second)
        schedule.hasten(at: start + 2 * Self.second)
        #expect(schedule.due == start + 5 * Self.second)
        schedule.hasten(at: start + 4 * Self.second)
        #expect(schedule.due == start + 5 * Self.second, "many hints are one")
        _ = schedule.take(at: start + 5 * Self.second)
        schedule.ended(isTrusted: true, at: start + 6 * Self.second)
        schedule.hasten(at: start + 30 * Self.second)
        #expect(schedule.due == start + 30 * Self.second)
        schedule.hasten(at: start + 500 * Self.second)
        #expect(schedule.due == start + 30 * Self.second)
    }

    @Test("A peer without time is left alone for as long as it says, but no longer than a period, whoever asks")
    func postponed() {
        for (asked, waits) in [(20, 20), (0, 1), (-5, 1), (60, 60), (61, 60), (.max, 60)] as [(Int64, UInt64)] {
            var schedule = PeerSchedule(periodSeconds: 60)
            let start = 100 * Self.second
            _ = schedule.take(at: start)
            schedule.postponed(seconds: asked, at: start)
            let due = start + waits * Self.second
            #expect(schedule.due == due)
            schedule.hasten(at: start)
            #expect(schedule.due == due)
            let isTooSoon = schedule.demand(at: due - 1)
            #expect(!isTooSoon)
            let isTaken = schedule.demand(at: max(due, start + 5 * Self.second))
            #expect(isTaken)
            schedule.ended(isTrusted: false, at: due)
            #expect(schedule.due == due + 5 * Self.second, "it was no failure")
        }
    }

    @Test("On demand at any time, but never within the floor nor beside a running one", arguments: [60, 1])
    func demand(period: Int) {
        var schedule = PeerSchedule(periodSeconds: period)
        let floor = min(5, UInt64(period)) * Self.second
        let start = 100 * Self.second
        let isBegun = schedule.demand(at: start)
        #expect(isBegun)
        let isBegunTwice = schedule.demand(at: start + 10 * floor)
        #expect(!isBegunTwice, "while one runs")
        schedule.ended(isTrusted: false, at: start + 1)
        let isTooSoon = schedule.demand(at: start + floor - 1)
        #expect(!isTooSoon)
        let isTaken = schedule.demand(at: start + floor)
        #expect(isTaken)
        schedule.ended(isTrusted: true, at: start + floor)
        #expect(schedule.due == start + floor + UInt64(period) * Self.second)
    }
}
