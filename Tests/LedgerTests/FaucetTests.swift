import Database
import Primitives
import Testing

@testable import Ledger

@Suite("The development faucet")
struct FaucetTests {
    static func give(_ book: TestBook, _ id: String, _ wallet: WalletID, _ micro: Int64, at now: Timestamp) async throws
    {
        let ledger = book.ledger
        _ = try await book.database.write { tx in
            try ledger.faucet(id: id, wallet: wallet, amount: MicroUSDC(micro), in: tx, at: now)
        }
    }

    @Test("A cent to a hundred dollars at a time")
    func amounts() async throws {
        let book = try TestBook()
        let (least, most) = (FaucetLimits.least.rawValue, FaucetLimits.most.rawValue)
        let refusal = LedgerError.faucetAmount(least: FaucetLimits.least, most: FaucetLimits.most)
        for amount in [Int64.min, -1, 0, least - 1, most + 1, Int64.max] {
            await #expect(throws: refusal) {
                try await FaucetTests.give(book, "t\(amount)", TestBook.alice, amount, at: TestBook.start)
            }
        }
        for (index, amount) in [least, least + 1, most - 1, most].enumerated() {
            let day = TestBook.start.adding(seconds: Int64(index) * 86_400)
            try await FaucetTests.give(book, "t\(amount)", TestBook.alice, amount, at: day)
        }
        try await book.close()
    }

    @Test("A hundred dollars a wallet and UTC day; the next midnight opens it again")
    func dailyCap() async throws {
        let book = try TestBook()
        let midnight = Timestamp(unixSeconds: 1_795_219_200)
        let lastMoment = Timestamp(unixMicroseconds: midnight.unixMicroseconds - 1)
        try await FaucetTests.give(book, "t1", TestBook.alice, 60 * dollar, at: TestBook.start)
        let refusal = LedgerError.faucetDailyCap(remaining: MicroUSDC(40 * dollar), resetsAt: midnight)
        await #expect(throws: refusal) {
            try await FaucetTests.give(book, "t2", TestBook.alice, 40 * dollar + 1, at: lastMoment)
        }
        try await FaucetTests.give(book, "t3", TestBook.alice, 40 * dollar, at: lastMoment)
        await #expect(throws: LedgerError.faucetDailyCap(remaining: .zero, resetsAt: midnight)) {
            try await FaucetTests.give(book, "t4", TestBook.alice, 10_000, at: lastMoment)
        }
        try await FaucetTests.give(book, "t3", TestBook.alice, 40 * dollar, at: lastMoment)
        try await FaucetTests.give(book, "t5", TestBook.bob, 100 * dollar, at: lastMoment)
        try await FaucetTests.give(book, "t6", TestBook.alice, 100 * dollar, at: midnight)
        let nextMidnight = midnight.adding(seconds: 86_400)
        await #expect(throws: LedgerError.faucetDailyCap(remaining: .zero, resetsAt: nextMidnight)) {
            try await FaucetTests.give(book, "t7", TestBook.alice, 10_000, at: midnight)
        }
        #expect(try await book.balance(of: TestBook.alice).developmentCredits == MicroUSDC(200 * dollar))
        try await book.close()
    }

    @Test(
        "A day is the UTC calendar day",
        arguments: [
            (0, 0), (86_399, 0), (86_400, 86_400), (-1, -86_400), (-86_400, -86_400), (-86_401, -172_800),
        ] as [(Int64, Int64)])
    func days(moment: Int64, start: Int64) {
        let day = FaucetLimits.day(around: Timestamp(unixSeconds: moment))
        #expect(day.lowerBound.unixSeconds == start && day.upperBound.unixSeconds == start + 86_400)
    }
}
