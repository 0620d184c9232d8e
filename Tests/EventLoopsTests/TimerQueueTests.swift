import Primitives
import Testing

@testable import EventLoops

@Suite("A timer queue")
struct TimerQueueTests {
    @Test("gives timers out by deadline, equal ones in the order they came")
    func order() {
        let queue = Timers<String>()
        _ = queue.insert(deadline: 20, "c")
        _ = queue.insert(deadline: 10, "a")
        _ = queue.insert(deadline: 10, "b")
        #expect(queue.nextDeadline() == 10)
        #expect(queue.popDue(now: 9) == nil)
        #expect(queue.popDue(now: 10) == "a")
        #expect(queue.popDue(now: 10) == "b")
        #expect(queue.popDue(now: 19) == nil)
        #expect(queue.popDue(now: 21) == "c")
        #expect(queue.nextDeadline() == nil)
    }

    @Test("forgets a cancelled timer, and cancelling twice or after it ran does nothing")
    func cancelling() {
        let queue = Timers<Int>()
        let first = queue.insert(deadline: 1, 1)
        let second = queue.insert(deadline: 2, 2)
        #expect(queue.cancel(first))
        #expect(!queue.cancel(first))
        #expect(queue.nextDeadline() == 2)
        #expect(queue.popDue(now: 5) == 2)
        #expect(!queue.cancel(second))
        // The slot is used again; the old name must not reach the new timer.
        _ = queue.insert(deadline: 3, 3)
        #expect(!queue.cancel(first))
        #expect(!queue.cancel(second))
        #expect(queue.popDue(now: 5) == 3)
    }

    @Test("agrees with a sorted list over random insertions, cancellations and advances", arguments: [1, 2, 3, 4, 5])
    func model(seed: UInt64) {
        let random = SeededRandom(seed: seed)
        let queue = Timers<Int>()
        var model: [(deadline: UInt64, order: Int, id: TimerID)] = []
        var now: UInt64 = 0
        for order in 0..<5_000 {
            let bytes = random.bytes(3)
            switch bytes[0] % 4 {
            case 0, 1:
                let deadline = now + UInt64(bytes[1])
                model.append((deadline, order, queue.insert(deadline: deadline, order)))
            case 2 where !model.isEmpty:
                let victim = model.remove(at: Int(bytes[1]) % model.count)
                #expect(queue.cancel(victim.id), "seed \(seed)")
            default:
                now += UInt64(bytes[2] % 16)
                let due = model.filter { $0.deadline <= now }
                    .sorted { ($0.deadline, $0.order) < ($1.deadline, $1.order) }
                model.removeAll { $0.deadline <= now }
                for timer in due { #expect(queue.popDue(now: now) == timer.order, "seed \(seed)") }
                #expect(queue.popDue(now: now) == nil, "seed \(seed)")
            }
            #expect(queue.count == model.count, "seed \(seed)")
        }
    }

    @Test("does not grow when one timer is armed and cancelled again and again")
    func rearming() {
        let queue = Timers<Int>()
        for round in 0..<10_000 {
            #expect(queue.cancel(queue.insert(deadline: UInt64(1_000_000 + round), round)))
        }
        #expect(queue.entryCount <= TimerQueue<Int>.minimumHusks + 1)
    }
}

/// The queue behind a reference: the `#expect` macro cannot call mutating methods.
private final class Timers<Payload> {
    private var queue = TimerQueue<Payload>()

    var count: Int { queue.count }
    var entryCount: Int { queue.entryCount }

    func insert(deadline: UInt64, _ payload: Payload) -> TimerID { queue.insert(deadline: deadline, payload) }
    func cancel(_ id: TimerID) -> Bool { queue.cancel(id) }
    func popDue(now: UInt64) -> Payload? { queue.popDue(now: now) }
    func nextDeadline() -> UInt64? { queue.nextDeadline() }
}
