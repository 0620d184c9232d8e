import Agents
import Database
import Ledger
import Primitives
import Testing

@testable import Gateway

@Suite("What the ledger needs done now and then")
struct LedgerUpkeepTests {
    static let late = SpendingBook.start.adding(seconds: LedgerSpending.holdSeconds)
    /// More than the hold of 4,548 micro-USDC covers.
    static let tooMuch = TurnProgress(usage: TokenUsage(freshInput: 400, output: 10_000))

    /// Three calls under way, the second of which cannot be settled: what it costs cannot be read.
    static func bookWithBadRow() async throws -> SpendingBook {
        let book = try await SpendingBook()
        for id in ["call_1", "call_2", "call_3"] {
            try await book.admit(id)
            try await book.progress(TurnProgress(outputBytes: 90), id)
        }
        _ = try await book.write { tx, _ in
            try tx.execute("update provider_calls set price = 'unreadable' where id = 'call_2'", [])
        }
        return book
    }

    /// `event` is in the log as often as the bad row was tried.
    static func expectAllButOneSettled(_ book: SpendingBook, _ event: String) async throws {
        #expect(try book.logged().map { $0["event"]?.string } == [event, event])
        #expect(try await book.balance().held == MicroUSDC(4_548))
        #expect(try await book.balance().unsettledSpend == MicroUSDC(300))
        try await book.close()
    }

    @Test("A call that cannot be settled at the start does not keep the others from theirs")
    func recoveryPastBadRow() async throws {
        let book = try await LedgerUpkeepTests.bookWithBadRow()
        #expect(try await book.upkeep.settleAbandoned(at: SpendingBook.start) == 2)
        #expect(try await book.upkeep.settleAbandoned(at: SpendingBook.start) == 0)
        try await LedgerUpkeepTests.expectAllButOneSettled(book, "recovery_failed")
    }

    @Test("A hold that cannot be ended does not keep the later ones locked")
    func expiryPastBadRow() async throws {
        let book = try await LedgerUpkeepTests.bookWithBadRow()
        try await book.upkeep.expireHolds(at: LedgerUpkeepTests.late.adding(seconds: -1))
        #expect(try await book.balance().unsettledSpend == .zero)
        for _ in 0..<2 { try await book.upkeep.expireHolds(at: LedgerUpkeepTests.late) }
        try await LedgerUpkeepTests.expectAllButOneSettled(book, "expiry_failed")
    }

    @Test("Holds end page by page, however many are overdue", arguments: [-1, 0, 1])
    func pages(more: Int) async throws {
        let book = try await SpendingBook()
        let count = LedgerUpkeep.page + more
        for number in 0..<count { try await book.admit("call_\(number)", maximumTokens: 1) }
        #expect(try await book.balance().held == MicroUSDC(4_053 * Int64(count)))
        try await book.upkeep.expireHolds(at: LedgerUpkeepTests.late)
        #expect(try await book.balance().held == .zero)
        try await book.close()
    }

    @Test("A call that its start left behind and that cost more than its hold rings the alarm")
    func alarmAtRecovery() async throws {
        let book = try await SpendingBook()
        try await book.admit()
        try await book.progress(LedgerUpkeepTests.tooMuch)
        #expect(try await book.upkeep.settleAbandoned(at: SpendingBook.start) == 1)
        #expect(book.overruns == 1)
        try await book.close()
    }

    @Test("So does one whose hold expires")
    func alarmAtExpiry() async throws {
        let book = try await SpendingBook()
        try await book.admit()
        try await book.progress(LedgerUpkeepTests.tooMuch)
        try await book.upkeep.expireHolds(at: LedgerUpkeepTests.late)
        #expect(book.overruns == 1)
        try await book.close()
    }

    @Test("A sound book is verified without a word")
    func sound() async throws {
        let book = try await SpendingBook()
        try await book.admit()
        try await book.settle(TurnProgress(outputBytes: 90), .finished)
        try await book.upkeep.verifyBook()
        #expect(try book.logged().isEmpty)
        try await book.close()
    }

    @Test("A broken book is named in the log by its rule, and nothing is refused")
    func broken() async throws {
        let book = try await SpendingBook()
        try await book.admit()
        _ = try await book.write { tx, _ in
            try tx.execute("update holds set amount = amount + 1 where id = 'hold_call_1'", [])
        }
        try await book.upkeep.verifyBook()
        await book.database.close()
        let lines = try book.logged()
        #expect(lines.map { $0["event"]?.string } == ["book_broken"])
        #expect(lines.first?["rule"]?.string == BookRule.balanceIsRecounted.rawValue)
        #expect(lines.first?["faults"]?.integer == 1 && lines.first?["first"]?.string == "1")
    }
}
