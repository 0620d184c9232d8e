import Testing

@testable import HTTPClient

@Suite("When a transfer is late")
struct TransferDeadlinesTests {
    static let second: UInt64 = 1_000_000_000
    static let limits = ClientLimits(
        connectMilliseconds: 1_000, firstByteMilliseconds: 2_000, idleMilliseconds: 3_000, totalMilliseconds: 10_000)

    private func expect(_ deadlines: TransferDeadlines, next: UInt64?, _ limit: TimeLimit?) {
        #expect(deadlines.next == next)
        guard let next else { return }
        #expect(deadlines.expired(now: next - 1) == nil)
        #expect(deadlines.expired(now: next) == limit)
        #expect(deadlines.expired(now: next + 1) == limit)
    }

    @Test("Connecting counts from the start, also for the second attempt")
    func connecting() {
        var deadlines = TransferDeadlines(Self.limits, now: 5 * Self.second)
        expect(deadlines, next: 6 * Self.second, .connect)
        deadlines.connected(now: 5 * Self.second + 1)
        deadlines.disconnected()
        expect(deadlines, next: 6 * Self.second, .connect)
    }

    @Test("The first byte counts from the connection, or from the last byte sent")
    func firstByte() {
        var deadlines = TransferDeadlines(Self.limits, now: 0)
        deadlines.connected(now: Self.second)
        expect(deadlines, next: 3 * Self.second, .firstByte)
        deadlines.sent(now: 2 * Self.second)
        expect(deadlines, next: 4 * Self.second, .firstByte)
    }

    @Test("Idleness counts from the last arrival, and not while the reader holds the transfer up")
    func idle() {
        var deadlines = TransferDeadlines(Self.limits, now: 0)
        deadlines.connected(now: 0)
        deadlines.received(now: Self.second)
        expect(deadlines, next: 4 * Self.second, .idle)
        deadlines.received(now: 2 * Self.second)
        expect(deadlines, next: 5 * Self.second, .idle)
        deadlines.hold()
        expect(deadlines, next: 10 * Self.second, .total)
        deadlines.received(now: 4 * Self.second)
        expect(deadlines, next: 7 * Self.second, .idle)
    }

    @Test("The total limit always runs, and comes second when both have passed")
    func total() {
        var deadlines = TransferDeadlines(Self.limits, now: 0)
        deadlines.connected(now: 0)
        deadlines.received(now: 8 * Self.second)
        expect(deadlines, next: 10 * Self.second, .total)
        #expect(deadlines.expired(now: 11 * Self.second) == .idle)
    }

    @Test("Without a total limit a held transfer may wait for ever")
    func noTotal() {
        var limits = Self.limits
        limits.totalMilliseconds = nil
        var deadlines = TransferDeadlines(limits, now: 0)
        deadlines.hold()
        expect(deadlines, next: nil, nil)
        #expect(deadlines.expired(now: .max) == nil)
    }

    @Test("Limits beyond the clock's range never pass")
    func huge() {
        let limits = ClientLimits(connectMilliseconds: .max)
        let deadlines = TransferDeadlines(limits, now: Self.second)
        #expect(deadlines.next == .max)
        #expect(deadlines.expired(now: .max - 1) == nil)
    }
}
