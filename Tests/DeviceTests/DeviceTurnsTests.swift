import Testing

@testable import Attestation

@Suite("Turns at the device")
struct DeviceTurnsTests {
    /// The turns by reference, so that one expectation can change them.
    private final class Desk {
        private var turns: DeviceTurns

        init(capacity: Int) { turns = DeviceTurns(capacity: capacity) }

        var health: DeviceHealth { turns.health }
        var nextDeadline: UInt64? { turns.nextDeadline }
        func begin() -> UInt64? { turns.begin() }
        func end(with fault: DeviceFault?) -> (answered: UInt64?, lost: [UInt64]) { turns.end(with: fault) }
        func expire(at now: UInt64) -> [UInt64] { turns.expire(at: now) }
        func leave(_ ticket: UInt64) -> Bool { turns.leave(ticket) }
        func stop() -> [UInt64] { turns.stop() }

        func enter(_ ticket: UInt64, for purpose: DeviceTurns.Purpose, until deadline: UInt64) -> DeviceFault? {
            turns.enter(ticket, for: purpose, until: deadline)
        }
    }

    private static func turns(_ tickets: ClosedRange<UInt64>, capacity: Int = 8) -> Desk {
        let turns = Desk(capacity: capacity)
        for ticket in tickets { #expect(turns.enter(ticket, for: .evidence, until: 100 + ticket) == nil) }
        return turns
    }

    @Test func `one at a time, in the order of coming`() {
        let turns = Self.turns(1...3)
        #expect(turns.begin() == 1)
        #expect(turns.begin() == nil)
        #expect(turns.end(with: nil).answered == 1)
        #expect(turns.begin() == 2)
        #expect(turns.end(with: .busy).answered == 2)
        #expect(turns.begin() == 3)
        #expect(turns.end(with: nil).answered == 3)
        #expect(turns.begin() == nil)
        #expect(turns.end(with: nil).answered == nil)
    }

    @Test func `places are counted without the one being served`() {
        let turns = Self.turns(1...2, capacity: 2)
        #expect(turns.enter(3, for: .evidence, until: 9) == .queueFull)
        #expect(turns.begin() == 1)
        #expect(turns.enter(3, for: .evidence, until: 9) == nil)
        #expect(turns.enter(4, for: .evidence, until: 9) == .queueFull)
    }

    @Test func `a time limit ends the waiting of its caller alone, at its moment and not before`() {
        let turns = Self.turns(1...3)
        #expect(turns.begin() == 1)
        #expect(turns.nextDeadline == 101)
        #expect(turns.expire(at: 100) == [])
        #expect(turns.expire(at: 102) == [1, 2])
        #expect(turns.health == .failing(.timedOut))
        #expect(turns.nextDeadline == 103)
        #expect(turns.expire(at: 102) == [])
        // The turn goes on without its caller; then the next one is served.
        #expect(turns.begin() == nil)
        #expect(turns.end(with: nil).answered == nil)
        #expect(turns.health == .working)
        #expect(turns.begin() == 3)
    }

    @Test func `a caller who leaves is answered once, waiting or served`() {
        let turns = Self.turns(1...3)
        #expect(turns.begin() == 1)
        #expect(turns.leave(2))
        #expect(!turns.leave(2))
        #expect(turns.leave(1))
        #expect(!turns.leave(1))
        #expect(turns.expire(at: 101) == [])
        #expect(turns.end(with: nil).answered == nil)
        #expect(turns.begin() == 3)
        #expect(!turns.leave(99))
    }

    @Test(arguments: [DeviceTurns.Purpose.evidence, .derivedKey])
    func `a wiped key is for good: everybody hears it and nobody comes in`(purpose: DeviceTurns.Purpose) {
        let turns = Desk(capacity: 4)
        #expect(turns.enter(1, for: purpose, until: 100) == nil)
        #expect(turns.enter(2, for: .evidence, until: 100) == nil)
        #expect(turns.begin() == 1)
        let (answered, lost) = turns.end(with: .keyWiped)
        #expect(answered == 1)
        #expect(lost == [2])
        #expect(turns.health == .keyWiped)
        #expect(turns.begin() == nil)
        #expect(turns.enter(3, for: .evidence, until: 100) == .keyWiped)
        #expect(turns.enter(4, for: .derivedKey, until: 100) == .keyWiped)
        #expect(turns.expire(at: 200) == [])
        #expect(turns.health == .keyWiped)
    }

    @Test func `health follows the evidence, not what a derived key asked too much for`() {
        let turns = Desk(capacity: 4)
        #expect(turns.health == .untried)
        for (ticket, purpose, fault, health) in [
            (1, .derivedKey, .firmwareStatus(0x16), .untried), (2, .evidence, nil, .working),
            (3, .derivedKey, .unsupported, .working), (4, .evidence, .busy, .failing(.busy)),
            (5, .derivedKey, nil, .failing(.busy)), (6, .evidence, nil, .working),
        ] as [(UInt64, DeviceTurns.Purpose, DeviceFault?, DeviceHealth)] {
            #expect(turns.enter(ticket, for: purpose, until: 100) == nil)
            #expect(turns.begin() == ticket)
            #expect(turns.end(with: fault).answered == ticket)
            #expect(turns.health == health, "\(ticket)")
        }
    }

    @Test func `a stop answers everybody who is still there`() {
        let turns = Self.turns(1...3)
        #expect(turns.begin() == 1)
        #expect(Set(turns.stop()) == [1, 2, 3])
        #expect(turns.stop() == [])
        #expect(turns.enter(4, for: .evidence, until: 100) == .stopped)
        #expect(turns.end(with: nil).answered == nil)
        #expect(turns.nextDeadline == nil)
    }
}
