import Database
import DatabaseFixtures
import Primitives
import Testing

@testable import Ledger

@Suite("Holds", .onEveryEngine)
struct HoldTests {
    @Test("A hold locks money without moving it; capturing charges the cost and returns the rest")
    func capture() async throws {
        let book = try TestBook()
        try await book.credit(TestBook.alice, dollar)
        try await book.hold("h1", TestBook.alice, 600_000, agent: "a1")
        var balance = try await book.balance(of: TestBook.alice)
        #expect(balance.posted == MicroUSDC(dollar) && balance.held == MicroUSDC(600_000))
        #expect(balance.available == MicroUSDC(400_000))
        let ledger = book.ledger
        let hold = try await book.database.write { tx in
            try ledger.capture("h1", cost: MicroUSDC(250_000), in: tx, at: TestBook.start)
        }
        #expect(hold.state == .captured(charged: MicroUSDC(250_000), overrun: .zero))
        balance = try await book.balance(of: TestBook.alice)
        #expect(balance.posted == MicroUSDC(750_000) && balance.held == .zero)
        #expect(balance.unsettledSpend == MicroUSDC(250_000))
        let spends = try await book.database.read { tx in try ledger.agentSpends(of: TestBook.alice, in: tx) }
        #expect(spends == [AgentSpend(agent: "a1", spent: MicroUSDC(250_000))])
        try await book.close()
    }

    @Test(
        "At most the hold is the wallet's; what is above goes to platform_overrun",
        arguments: [
            (0, 0, 0), (1, 1, 0), (499_999, 499_999, 0), (500_000, 500_000, 0), (500_001, 500_000, 1),
            (9_000_000, 500_000, 8_500_000),
        ] as [(Int64, Int64, Int64)])
    func overrun(cost: Int64, charged: Int64, overrun: Int64) async throws {
        let book = try TestBook()
        try await book.credit(TestBook.alice, dollar)
        try await book.hold("h1", TestBook.alice, 500_000)
        let ledger = book.ledger
        let hold = try await book.database.write { tx in
            try ledger.capture("h1", cost: MicroUSDC(cost), in: tx, at: TestBook.start)
        }
        #expect(hold.charged == MicroUSDC(charged) && hold.overrun == MicroUSDC(overrun))
        let balance = try await book.balance(of: TestBook.alice)
        #expect(balance.available == MicroUSDC(dollar - charged))
        #expect(balance.transfers == (charged > 0 ? 2 : 1), "a charge of nothing books nothing")
        let totals = try await book.database.scan { tx in try ledger.accountTotals(in: tx) }
        #expect(totals[.platformOverrun] ?? .zero == MicroUSDC(-overrun))
        #expect(totals[.unsettledSpend] ?? .zero == MicroUSDC(charged + overrun))
        try await book.close()
    }

    @Test("A hold of everything passes; of one micro-USDC more, it is refused and nothing is booked")
    func limit() async throws {
        let book = try TestBook()
        try await book.credit(TestBook.alice, dollar)
        for (id, amount) in [("below", dollar - 1), ("at", 1)] { try await book.hold(id, TestBook.alice, amount) }
        await #expect(throws: InsufficientFunds(available: .zero, needed: MicroUSDC(1))) {
            try await book.hold("above", TestBook.alice, 1)
        }
        await #expect(throws: InsufficientFunds(available: .zero, needed: MicroUSDC(1))) {
            try await book.hold("stranger", TestBook.bob, 1)
        }
        try await book.hold("free", TestBook.bob, 0)
        #expect(try await book.balance(of: TestBook.bob) == .empty)
        try await book.close()
    }

    @Test("The same id with the same fields gives the hold as it stands; with others, a conflict")
    func idempotent() async throws {
        let book = try TestBook()
        let ledger = book.ledger
        try await book.credit(TestBook.alice, dollar)
        try await book.credit(TestBook.bob, dollar)
        let first = try await book.hold("h1", TestBook.alice, 10, agent: "a1")
        #expect(try await book.hold("h1", TestBook.alice, 10, agent: "a1") == first)
        _ = try await book.database.write { tx in try ledger.release("h1", in: tx, at: TestBook.start) }
        #expect(try await book.hold("h1", TestBook.alice, 10, agent: "a1").state == .released)
        for (wallet, amount, agent) in [
            (TestBook.alice, 11, "a1"), (TestBook.bob, 10, "a1"), (TestBook.alice, 10, "a2"),
            (TestBook.alice, 10, nil),
        ] as [(WalletID, Int64, String?)] {
            await #expect(throws: LedgerError.holdConflict(id: "h1")) {
                try await book.hold("h1", wallet, amount, agent: agent)
            }
        }
        try await book.close()
    }

    @Test("A hold ends in the future, within a day")
    func lifetime() throws {
        let now = TestBook.start
        func request(until end: Timestamp) -> HoldRequest {
            HoldRequest(id: "h", wallet: TestBook.alice, amount: .zero, expiresAt: end)
        }
        let day = HoldRequest.maximumLifetimeSeconds
        let last = now.adding(seconds: day).unixMicroseconds
        for end in [now.unixMicroseconds + 1, last - 1, last] {
            #expect(throws: Never.self) { try request(until: Timestamp(unixMicroseconds: end)).check(at: now) }
        }
        for end in [now.unixMicroseconds - 1, now.unixMicroseconds, last + 1] {
            #expect(throws: LedgerError.expiryOutOfRange) {
                try request(until: Timestamp(unixMicroseconds: end)).check(at: now)
            }
        }
    }

    @Test("A hold's amount is neither negative nor above the maximum")
    func amounts() {
        func check(_ amount: Int64) throws {
            try TestBook.request("h", TestBook.alice, amount).check(at: TestBook.start)
        }
        for amount in [0, 1, MicroUSDC.maximum.rawValue] { #expect(throws: Never.self) { try check(amount) } }
        for amount in [-1, MicroUSDC.maximum.rawValue + 1, .min] {
            #expect(throws: LedgerError.amountOutOfRange) { try check(amount) }
        }
    }

    @Test("It expires when its time is over, not before")
    func expiry() async throws {
        let book = try TestBook()
        let ledger = book.ledger
        try await book.credit(TestBook.alice, dollar)
        let hold = try await book.hold("h1", TestBook.alice, 10)
        let early = Timestamp(unixMicroseconds: hold.expiresAt.unixMicroseconds - 1)
        await #expect(throws: LedgerError.holdNotExpired(id: "h1", expiresAt: hold.expiresAt)) {
            try await book.database.write { tx in _ = try ledger.expire("h1", in: tx, at: early) }
        }
        let none = try await book.database.read { tx in try ledger.expiredHolds(at: early, limit: 9, in: tx) }
        #expect(none.isEmpty)
        let due = try await book.database.read { tx in
            try ledger.expiredHolds(at: hold.expiresAt, limit: 9, in: tx)
        }
        #expect(due == [hold])
        let expired = try await book.database.write { tx in try ledger.expire("h1", in: tx, at: hold.expiresAt) }
        #expect(expired.state == .expired)
        #expect(try await book.balance(of: TestBook.alice).available == MicroUSDC(dollar))
        try await book.close()
    }

    /// Every way to end a hold after every other: the first three ends, then what the second attempt gives.
    static let ends: [(String, HoldResolution, HoldState)] = [
        ("capture", .capture(cost: MicroUSDC(4)), .captured(charged: MicroUSDC(4), overrun: .zero)),
        ("capture other", .capture(cost: MicroUSDC(5)), .captured(charged: MicroUSDC(5), overrun: .zero)),
        ("overrun", .capture(cost: MicroUSDC(12)), .captured(charged: MicroUSDC(10), overrun: MicroUSDC(2))),
        ("all", .capture(cost: MicroUSDC(10)), .captured(charged: MicroUSDC(10), overrun: .zero)),
        ("nothing", .capture(cost: .zero), .captured(charged: .zero, overrun: .zero)),
        ("release", .release, .released),
        ("expire", .expire, .expired),
    ]

    @Test("A hold ends once: the same end again changes nothing, another is a conflict", arguments: ends)
    func once(end: (name: String, resolution: HoldResolution, state: HoldState)) async throws {
        let book = try TestBook()
        let ledger = book.ledger
        try await book.credit(TestBook.alice, dollar)
        try await book.hold("h1", TestBook.alice, 10)
        let late = TestBook.start.adding(seconds: 600)
        let ended = try await book.database.write { tx in
            try ledger.resolve("h1", by: end.resolution, in: tx, at: late)
        }
        #expect(ended.state == end.state)
        let balance = try await book.balance(of: TestBook.alice)
        for (_, resolution, state) in HoldTests.ends {
            if state == end.state {
                let again = try await book.database.write { tx in
                    try ledger.resolve("h1", by: resolution, in: tx, at: late)
                }
                #expect(again == ended)
            } else {
                await #expect(throws: LedgerError.holdAlreadyResolved(id: "h1", as: end.state)) {
                    try await book.database.write { tx in
                        _ = try ledger.resolve("h1", by: resolution, in: tx, at: late)
                    }
                }
            }
            #expect(try await book.balance(of: TestBook.alice) == balance)
        }
        try await book.close()
    }

    @Test("An unknown hold, and an impossible cost, are refused")
    func refused() async throws {
        let book = try TestBook()
        let ledger = book.ledger
        try await book.credit(TestBook.alice, dollar)
        try await book.hold("h1", TestBook.alice, 10)
        await #expect(throws: LedgerError.unknownHold(id: "h2")) {
            try await book.database.write { tx in _ = try ledger.release("h2", in: tx, at: TestBook.start) }
        }
        for cost in [-1, MicroUSDC.maximum.rawValue + 1] {
            await #expect(throws: LedgerError.amountOutOfRange) {
                try await book.database.write { tx in
                    _ = try ledger.capture("h1", cost: MicroUSDC(cost), in: tx, at: TestBook.start)
                }
            }
        }
        try await book.close()
    }
}
