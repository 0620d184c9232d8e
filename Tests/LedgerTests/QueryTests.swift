import Database
import DatabaseFixtures
import Primitives
import Testing

@testable import Ledger

@Suite("What a wallet can look up", .onEveryEngine)
struct QueryTests {
    static func page(_ book: TestBook, _ wallet: WalletID, limit: Int, offset: Int) async throws -> TransactionPage {
        let ledger = book.ledger
        let request = try #require(PageRequest(limit: limit, offset: offset))
        return try await book.database.read { tx in try ledger.transactions(of: wallet, request, in: tx) }
    }

    @Test("Transactions come newest first, with what a spend was for and the balance after it")
    func transactions() async throws {
        let book = try TestBook()
        try await CallFlow(book).complete("c1")
        try await book.credit(TestBook.bob, dollar)
        let page = try await QueryTests.page(book, TestBook.alice, limit: 10, offset: 0)
        #expect(page.total == 2 && !page.hasMore)
        #expect(page.transactions.map(\.transfer.kind) == [.spend, .faucet])
        let spend = try #require(page.transactions.first)
        #expect(spend.transfer.amount == MicroUSDC(3_300), "positive, though money left")
        #expect(spend.transfer.agent == "agent-1" && spend.transfer.bookedAt == TestBook.start)
        #expect(spend.transfer.balanceAfter == MicroUSDC(10 * dollar - 3_300))
        #expect(spend.usage?.toolCalls == 2 && spend.usage?.toolFee == MicroUSDC(1_000))
        #expect(page.transactions.last?.usage == nil)
        try await book.close()
    }

    @Test("Pages follow on one another without gap or overlap")
    func paging() async throws {
        let book = try TestBook()
        for index in 1...5 { try await book.credit(TestBook.alice, 10_000 + Int64(index)) }
        var seen: [Int64] = []
        for (offset, more) in [(0, true), (2, true), (4, false), (6, false)] {
            let page = try await QueryTests.page(book, TestBook.alice, limit: 2, offset: offset)
            #expect(page.hasMore == more && page.total == 5)
            seen += page.transactions.map(\.transfer.amount.rawValue)
        }
        #expect(seen == [10_005, 10_004, 10_003, 10_002, 10_001])
        let none = try await QueryTests.page(book, TestBook.bob, limit: 2, offset: 0)
        #expect(none.transactions.isEmpty && none.total == 0 && !none.hasMore)
        try await book.close()
    }

    @Test("An overrun is the house's and shows in no wallet's list")
    func overrun() async throws {
        let book = try TestBook()
        let ledger = book.ledger
        try await book.credit(TestBook.alice, dollar)
        try await book.hold("h1", TestBook.alice, 10)
        _ = try await book.database.write { tx in
            try ledger.capture("h1", cost: MicroUSDC(30), in: tx, at: TestBook.start)
        }
        let page = try await QueryTests.page(book, TestBook.alice, limit: 10, offset: 0)
        #expect(page.transactions.map(\.transfer.kind) == [.spend, .faucet] && page.total == 2)
        try await book.close()
    }

    @Test("A page has 1 to 100 entries and begins within 100,000")
    func limits() {
        for limit in [1, 2, 99, 100] { #expect(PageRequest(limit: limit) != nil) }
        for limit in [Int.min, -1, 0, 101] { #expect(PageRequest(limit: limit) == nil) }
        for offset in [0, 1, 99_999, 100_000] { #expect(PageRequest(offset: offset) != nil) }
        for offset in [Int.min, -1, 100_001] { #expect(PageRequest(offset: offset) == nil) }
    }

    @Test("Spends add up by agent, the highest first; what no agent spent is in none")
    func agents() async throws {
        let book = try TestBook()
        let ledger = book.ledger
        try await book.credit(TestBook.alice, dollar)
        for (index, (agent, cost)) in [("a", 5), ("b", 7), ("a", 4), (nil, 9), ("c", 7)].enumerated() {
            try await book.hold("h\(index)", TestBook.alice, 10, agent: agent)
            _ = try await book.database.write { tx in
                try ledger.capture("h\(index)", cost: MicroUSDC(Int64(cost)), in: tx, at: TestBook.start)
            }
        }
        let spends = try await book.database.read { tx in try ledger.agentSpends(of: TestBook.alice, in: tx) }
        #expect(spends.map(\.agent) == ["a", "b", "c"])
        #expect(spends.map(\.spent.rawValue) == [9, 7, 7])
        try await book.close()
    }
}
