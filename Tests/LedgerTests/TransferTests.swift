import Database
import DatabaseFixtures
import Primitives
import Testing

@testable import Ledger

@Suite("Transfers", .onEveryEngine)
struct TransferTests {
    @Test("A credit is booked in two postings that sum to zero, and shows in the balance")
    func booked() async throws {
        let book = try TestBook()
        try await book.credit(TestBook.alice, 5 * dollar, id: "t1")
        let balance = try await book.balance(of: TestBook.alice)
        #expect(balance.posted == MicroUSDC(5 * dollar))
        #expect(balance.available == balance.posted)
        #expect(balance.developmentCredits == balance.posted)
        #expect(balance.unsettledSpend == .zero)
        #expect(balance.transfers == 1)
        let totals = try await book.database.scan { tx in try Ledger().accountTotals(in: tx) }
        #expect(totals == [.available: MicroUSDC(5 * dollar), .developmentFaucet: MicroUSDC(-5 * dollar)])
        #expect(try await book.balance(of: TestBook.bob) == .empty)
        try await book.close()
    }

    @Test("The same id with the same fields gives the transfer booked before; with others, a conflict")
    func idempotent() async throws {
        let book = try TestBook()
        let ledger = book.ledger
        let first = try await book.database.write { tx in
            try ledger.faucet(
                id: "t1", wallet: TestBook.alice, amount: MicroUSDC(dollar), in: tx, at: TestBook.start)
        }
        let later = TestBook.start.adding(seconds: 5)
        let again = try await book.database.write { tx in
            try ledger.faucet(id: "t1", wallet: TestBook.alice, amount: MicroUSDC(dollar), in: tx, at: later)
        }
        #expect(again == first)
        #expect(first.balanceAfter == MicroUSDC(dollar))
        for (wallet, amount) in [(TestBook.alice, dollar + 1), (TestBook.bob, dollar)] {
            await #expect(throws: LedgerError.transferConflict(id: "t1")) {
                try await book.database.write { tx in
                    _ = try ledger.faucet(
                        id: "t1", wallet: wallet, amount: MicroUSDC(amount), in: tx, at: TestBook.start)
                }
            }
        }
        #expect(try await book.balance(of: TestBook.alice).posted == MicroUSDC(dollar))
        #expect(try await book.balance(of: TestBook.bob) == .empty)
        try await book.close()
    }

    @Test(
        "What was booked cannot be changed or removed, not even by a statement of our own",
        arguments: [
            "update transfers set amount = amount + 1", "delete from transfers",
            "update postings set amount = amount * 2", "delete from postings", "delete from usage_charges",
            "update usage_charges set charged = 0",
        ])
    func immutable(statement: String) async throws {
        let book = try TestBook()
        try await CallFlow(book).complete("call-1")
        await #expect(throws: DatabaseError.self) { try await book.execute(statement) }
        try await book.close()
    }

    @Test(
        "The database by itself refuses a balance below zero, or below what is held",
        arguments: ["posted = -1", "held = -1", "held = posted + 1", "posted = held - 1"])
    func checks(change: String) async throws {
        let book = try TestBook()
        try await book.credit(TestBook.alice, dollar)
        try await book.hold("h1", TestBook.alice, dollar / 2)
        let error = await #expect(throws: DatabaseError.self) {
            try await book.execute("update balances set \(change) where wallet_id = 1")
        }
        if case .constraint(let violation) = error {
            #expect(violation.kind == .check)
        } else {
            Issue.record("\(error)")
        }
        try await book.close()
    }

    @Test("Ids have 1 to 128 visible ASCII characters")
    func ids() throws {
        for id in ["a", "!~", String(repeating: "x", count: 127), String(repeating: "x", count: 128)] {
            #expect(throws: Never.self) { try LedgerID.check(id) }
        }
        for id in ["", " ", "a b", "a\n", "\u{7F}", "é", "a\0", String(repeating: "x", count: 129)] {
            #expect(throws: LedgerError.malformedID) { try LedgerID.check(id) }
        }
    }

    @Test("An amount is above zero and at most the maximum")
    func amounts() throws {
        for amount in [1, 2, MicroUSDC.maximum.rawValue - 1, MicroUSDC.maximum.rawValue] {
            #expect(throws: Never.self) { try TransferTests.draft(amount).check() }
        }
        for amount in [Int64.min, -1, 0, MicroUSDC.maximum.rawValue + 1, Int64.max] {
            #expect(throws: LedgerError.amountOutOfRange) { try TransferTests.draft(amount).check() }
        }
    }

    @Test("A wallet never holds more than the maximum")
    func balanceLimit() throws {
        let most = MicroUSDC.maximum.rawValue
        let full = try Balance.empty.booking(TransferTests.draft(most - 1).postings)
        #expect(try full.booking(TransferTests.draft(1).postings).posted == .maximum)
        #expect(throws: LedgerError.balanceLimit) { try full.booking(TransferTests.draft(2).postings) }
    }

    @Test("Every kind of transfer sums to zero", arguments: TransferKind.allCases)
    func kinds(kind: TransferKind) {
        let wallet = kind.concernsWallet ? TestBook.alice : nil
        let draft = TransferDraft(id: "t", kind: kind, wallet: wallet, amount: MicroUSDC(7))
        #expect(draft.postings.map(\.amount.rawValue).sorted() == [-7, 7])
        #expect(Set(draft.postings.map(\.account)).count == 2)
        #expect(draft.postings.allSatisfy { $0.wallet == wallet })
    }

    static func draft(_ amount: Int64) -> TransferDraft {
        TransferDraft(id: "t", kind: .faucet, wallet: TestBook.alice, amount: MicroUSDC(amount))
    }
}
