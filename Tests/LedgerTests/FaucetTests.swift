import Database
import DatabaseFixtures
import Primitives
import Testing

@testable import Ledger

@Suite("The development faucet", .onEveryEngine)
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

    static func gift(
        _ book: TestBook, _ id: String, _ micro: Int64, key: String?, at now: Timestamp = TestBook.start
    ) async throws -> FaucetReceipt {
        let faucet = Faucet(ledger: book.ledger, idempotency: IdempotencyStore())
        let request = try key.map { try IdempotencyTests.request($0, body: UInt8(micro / dollar)) }
        return try await book.database.write { tx in
            try faucet.give(MicroUSDC(micro), id: id, to: TestBook.alice, once: request, in: tx, at: now)
        }
    }

    @Test("A request that is repeated gets its first receipt again, and nothing is booked")
    func repeated() async throws {
        let book = try TestBook()
        let first = try await FaucetTests.gift(book, "t1", 5 * dollar, key: "key")
        #expect(first == FaucetReceipt(id: "t1", amount: MicroUSDC(5 * dollar), available: MicroUSDC(5 * dollar)))
        let second = try await FaucetTests.gift(book, "t2", dollar, key: nil)
        #expect(second.available == MicroUSDC(6 * dollar))
        #expect(try await FaucetTests.gift(book, "t3", 5 * dollar, key: "key") == first)
        await #expect(throws: IdempotencyError.conflict) {
            try await FaucetTests.gift(book, "t4", 6 * dollar, key: "key")
        }
        #expect(try await book.balance(of: TestBook.alice).transfers == 2)
        try await book.close()
    }

    @Test("A refusal leaves not even the request behind: it may be tried again")
    func refusedRequest() async throws {
        let book = try TestBook()
        _ = try await FaucetTests.gift(book, "t1", 99 * dollar, key: nil)
        await #expect(throws: LedgerError.self) { try await FaucetTests.gift(book, "t2", 2 * dollar, key: "key") }
        let tomorrow = TestBook.start.adding(seconds: 86_400)
        let receipt = try await FaucetTests.gift(book, "t3", 2 * dollar, key: "key", at: tomorrow)
        #expect(receipt.available == MicroUSDC(101 * dollar))
        try await book.close()
    }

    @Test("A request that somebody has begun is not carried out a second time")
    func begunRequest() async throws {
        let book = try TestBook()
        let request = try IdempotencyTests.request("key", body: 1)
        #expect(try await IdempotencyTests.begin(request, book) == .fresh)
        await #expect(throws: IdempotencyError.inProgress) {
            try await FaucetTests.gift(book, "t1", dollar, key: "key")
        }
        try await book.close()
    }

    @Test("A receipt is read as it was kept, and nothing else is", arguments: ["", "{}", "[]", #"{"id":"t"}"#])
    func receipts(text: String) throws {
        let receipt = FaucetReceipt(id: "t", amount: MicroUSDC(7), available: .maximum)
        #expect(try FaucetReceipt(stored: receipt.stored) == receipt)
        #expect(throws: LedgerError.self) { try FaucetReceipt(stored: Array(text.utf8)) }
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
