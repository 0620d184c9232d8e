import Primitives
import Testing

@testable import Attestation

@Suite("One call of the device a second, for everybody who waits")
struct EvidenceScheduleTests {
    private static let millisecond: UInt64 = 1_000_000
    private static let start: UInt64 = 5_000_000_000

    private static func nonce(_ number: Int) throws -> CallerNonce {
        try #require(CallerNonce([UInt8](repeating: UInt8(number % 251), count: 16)))
    }

    /// A network for every four callers, each in a neighbourhood of its own.
    private static func network(_ ticket: EvidenceSchedule.Ticket) -> CallerNetwork {
        CallerNetwork(of: .v4(UInt32(ticket / 4) << 16))
    }

    private static func asks(
        _ schedule: inout EvidenceSchedule, _ ticket: EvidenceSchedule.Ticket, at now: UInt64
    ) throws -> Bool {
        schedule.arrive(ticket, try nonce(Int(ticket)), from: network(ticket), at: now)
    }

    private static func joins(
        _ schedule: inout EvidenceSchedule, _ ticket: EvidenceSchedule.Ticket, at now: UInt64
    ) -> Bool {
        schedule.arriveForAgentGateway(ticket, from: network(ticket), at: now)
    }

    private static func tickets(_ call: EvidenceSchedule.Call?) -> [EvidenceSchedule.Ticket]? {
        switch call {
        case .nonces(let callers): callers.map(\.ticket)
        case .agentGateway(let tickets): tickets
        case .boot(let ticket): [ticket]
        case nil: nil
        }
    }

    @Test("Nonces gather for a quarter of a second from the first; the next call begins a second after the last")
    func rhythm() throws {
        var schedule = EvidenceSchedule()
        let (start, ms) = (EvidenceScheduleTests.start, EvidenceScheduleTests.millisecond)
        #expect(schedule.due == nil)
        #expect(try (EvidenceScheduleTests.asks(&schedule, 1, at: start)))
        #expect(schedule.due == start + 250 * ms)
        #expect(try (EvidenceScheduleTests.asks(&schedule, 2, at: start + 249 * ms)))
        #expect(schedule.due == start + 250 * ms, "the second does not put it off")
        #expect(schedule.take(at: start + 250 * ms - 1) == nil)
        #expect(EvidenceScheduleTests.tickets(schedule.take(at: start + 250 * ms)) == [1, 2])
        #expect(try (EvidenceScheduleTests.asks(&schedule, 3, at: start + 260 * ms)))
        #expect(schedule.due == nil, "a call runs")
        schedule.ended()
        #expect(schedule.due == start + 1_250 * ms)
        #expect(schedule.take(at: start + 1_250 * ms - 1) == nil)
        #expect(EvidenceScheduleTests.tickets(schedule.take(at: start + 1_250 * ms)) == [3])
        schedule.ended()
        #expect(schedule.due == nil)
    }

    @Test("The other profile's report takes its turn in the same rhythm, by arrival")
    func profiles() throws {
        var schedule = EvidenceSchedule()
        let (start, ms) = (EvidenceScheduleTests.start, EvidenceScheduleTests.millisecond)
        schedule.arriveForBoot(9)
        #expect(EvidenceScheduleTests.tickets(schedule.take(at: start)) == [9])
        schedule.ended()
        #expect(try (EvidenceScheduleTests.asks(&schedule, 1, at: start + 10 * ms)))
        #expect(EvidenceScheduleTests.joins(&schedule, 2, at: start + 20 * ms))
        #expect(EvidenceScheduleTests.joins(&schedule, 3, at: start + 30 * ms))
        #expect(schedule.due == start + 1_000 * ms)
        #expect(EvidenceScheduleTests.tickets(schedule.take(at: start + 1_000 * ms)) == [2, 3])
        schedule.ended()
        #expect(EvidenceScheduleTests.tickets(schedule.take(at: start + 2_000 * ms)) == [1])
    }

    @Test("The gateway's own boot report goes first, keeps the rhythm, and takes nobody's place")
    func boot() throws {
        var schedule = EvidenceSchedule()
        let (start, ms) = (EvidenceScheduleTests.start, EvidenceScheduleTests.millisecond)
        for ticket in 1...NetworkPlaces.total {
            #expect(try (EvidenceScheduleTests.asks(&schedule, UInt64(ticket), at: start)))
        }
        schedule.arriveForBoot(5_000)
        schedule.arriveForBoot(5_001)
        #expect(EvidenceScheduleTests.tickets(schedule.take(at: start)) == [5_000])
        #expect(schedule.due == nil, "a call runs")
        schedule.ended()
        #expect(schedule.due == start + 1_000 * ms)
        #expect(EvidenceScheduleTests.tickets(schedule.take(at: start + 1_000 * ms)) == [5_001])
        schedule.ended()
        #expect(EvidenceScheduleTests.tickets(schedule.take(at: start + 2_000 * ms))?.count == NetworkPlaces.total)
    }

    @Test("As many may wait as is said, and not one more; a call makes room")
    func room() throws {
        var schedule = EvidenceSchedule()
        let now = EvidenceScheduleTests.start
        for ticket in 1..<NetworkPlaces.total {
            #expect(try (EvidenceScheduleTests.asks(&schedule, UInt64(ticket), at: now)))
        }
        #expect(EvidenceScheduleTests.joins(&schedule, 1_024, at: now))
        #expect(try !(EvidenceScheduleTests.asks(&schedule, 1_025, at: now)))
        #expect(!EvidenceScheduleTests.joins(&schedule, 1_025, at: now))
        let later = now + EvidenceSchedule.gatheringNanoseconds
        #expect(EvidenceScheduleTests.tickets(schedule.take(at: later)) == [1_024])
        #expect(try (EvidenceScheduleTests.asks(&schedule, 1_026, at: later)))
    }
}
