import Primitives
import Testing

@testable import Attestation

@Suite("When AMD's service is asked")
struct FetchScheduleTests {
    private static let start = Timestamp(unixSeconds: 1_000_000)
    private static let chain = EndorsementRequest.chain(.genoa, .vcek)

    private static func vcek(_ chip: UInt8) -> EndorsementRequest {
        .vcek(
            .turin, chipID: [UInt8](repeating: chip, count: 8),
            TCBVersion(bootloader: 1, tee: 1, snp: 1, microcode: 1, layout: .turin))
    }

    private func after(_ seconds: Int64) -> Timestamp { FetchScheduleTests.start.adding(seconds: seconds) }

    private func isGo(_ decision: FetchSchedule.Decision) -> Bool { decision == .go }

    @Test("one VCEK is asked for in ten seconds, and the rest at once")
    func rate() {
        var schedule = FetchSchedule()
        #expect(isGo(schedule.start(FetchScheduleTests.vcek(1), at: after(0))))
        #expect(
            schedule.start(FetchScheduleTests.vcek(2), at: after(0)) == .wait(until: after(10), "one VCEK per 10 s"))
        #expect(!isGo(schedule.start(FetchScheduleTests.vcek(2), at: after(9))))
        #expect(isGo(schedule.start(FetchScheduleTests.chain, at: after(9))))
        #expect(isGo(schedule.start(FetchScheduleTests.vcek(2), at: after(10))))
        #expect(!isGo(schedule.start(FetchScheduleTests.vcek(3), at: after(19))))
    }

    @Test("a failure pauses everything, each time twice as long, up to ten minutes")
    func pauses() {
        var schedule = FetchSchedule()
        var now: Int64 = 0
        for seconds: Int64 in [5, 10, 20, 40, 80, 160, 320, 600, 600, 600, 600, 600] {
            schedule.finish(FetchScheduleTests.chain, .unavailable(retryAfterSeconds: nil), at: after(now))
            #expect(!isGo(schedule.start(.revocationList(.turin, .vlek), at: after(now + seconds - 1))))
            now += seconds
            #expect(isGo(schedule.start(.revocationList(.turin, .vlek), at: after(now))), "\(seconds)")
        }
        schedule.finish(FetchScheduleTests.chain, .usable, at: after(now))
        schedule.finish(FetchScheduleTests.chain, .unavailable(retryAfterSeconds: nil), at: after(now))
        #expect(isGo(schedule.start(FetchScheduleTests.chain, at: after(now + 5))))
    }

    static let waits: [(asked: Int64, kept: Int64)] = [
        (-5, 1), (0, 1), (1, 1), (90, 90), (86_400, 86_400), (86_401, 86_400), (.max, 86_400),
    ]

    @Test("Retry-After is kept, between one second and one day", arguments: waits)
    func retryAfter(asked: Int64, kept: Int64) {
        var schedule = FetchSchedule()
        schedule.finish(FetchScheduleTests.chain, .unavailable(retryAfterSeconds: asked), at: after(0))
        #expect(!isGo(schedule.start(FetchScheduleTests.chain, at: after(kept - 1))))
        #expect(isGo(schedule.start(FetchScheduleTests.chain, at: after(kept))))
    }

    @Test("a later failure never shortens a pause")
    func longest() {
        var schedule = FetchSchedule()
        schedule.finish(FetchScheduleTests.chain, .unavailable(retryAfterSeconds: 600), at: after(0))
        schedule.finish(FetchScheduleTests.chain, .unavailable(retryAfterSeconds: 1), at: after(1))
        #expect(!isGo(schedule.start(FetchScheduleTests.chain, at: after(599))))
    }

    @Test("what the service does not have is not asked for again for an hour")
    func refusals() {
        var schedule = FetchSchedule()
        schedule.finish(FetchScheduleTests.vcek(1), .refused, at: after(0))
        #expect(!isGo(schedule.start(FetchScheduleTests.vcek(1), at: after(3_599))))
        #expect(isGo(schedule.start(FetchScheduleTests.vcek(2), at: after(0))))
        #expect(isGo(schedule.start(FetchScheduleTests.vcek(1), at: after(3_600))))
    }

    @Test("refusals beyond the limit make room for one another")
    func manyRefusals() {
        var schedule = FetchSchedule()
        for index in 0...FetchSchedule.maximumRefusals {
            let tcb = TCBVersion(rawValue: UInt64(index), layout: .turin)
            schedule.finish(.vcek(.turin, chipID: [1], tcb), .refused, at: after(Int64(index)))
        }
        let now = after(Int64(FetchSchedule.maximumRefusals))
        func request(_ index: UInt64) -> EndorsementRequest {
            .vcek(.turin, chipID: [1], TCBVersion(rawValue: index, layout: .turin))
        }
        #expect(!isGo(schedule.start(request(1), at: now)))
        #expect(!isGo(schedule.start(request(UInt64(FetchSchedule.maximumRefusals)), at: now)))
        #expect(isGo(schedule.start(request(0), at: now)))
    }
}
