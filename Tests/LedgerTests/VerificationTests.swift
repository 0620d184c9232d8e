import Database
import DatabaseFixtures
import Primitives
import Testing

@testable import Ledger

@Suite("Verification of the book", .onEveryEngine)
struct VerificationTests {
    /// A credit, a charged call `c1`, a released call `c2`, an open hold and an overrun.
    static func book() async throws -> TestBook {
        let book = try TestBook()
        let flow = CallFlow(book)
        let ledger = book.ledger
        try await flow.complete("c1")
        try await flow.start("c2", [.sent, .failed(code: "provider_500")])
        try await flow.settle("c2")
        try await book.hold("open", TestBook.alice, 77)
        try await book.hold("over", TestBook.alice, 10)
        _ = try await book.database.write { tx in
            try ledger.capture("over", cost: MicroUSDC(30), in: tx, at: TestBook.start)
        }
        return book
    }

    static func transfer(_ id: String, _ kind: String, amount: Int64, balanceAfter: Int64) -> String {
        """
        insert into transfers (id, kind, wallet_id, amount, booked_at, balance_after)
        values ('\(id)', '\(kind)', 1, \(amount), 0, \(balanceAfter))
        """
    }

    static func posting(_ transfer: String, _ line: Int, _ account: String, wallet: String = "1", _ amount: Int64)
        -> String
    {
        """
        insert into postings (transfer_id, line, account, wallet_id, amount)
        values ('\(transfer)', \(line), '\(account)', \(wallet), \(amount))
        """
    }

    static let usage = """
        insert into usage_charges (call_id, hold_id, wallet_id, model, plan, input, output, cache_read, cache_write_5m,
            cache_write_1h, basis, rates, list_pico, tool_calls, charged, overrun, charged_at)
        select 'c2', 'hold-c2', wallet_id, model, plan, input, output, cache_read, cache_write_5m, cache_write_1h,
            basis, rates, list_pico + 1, tool_calls, charged, overrun, charged_at
        from usage_charges where call_id = 'c1'
        """

    /// What someone could do to the tables, and the rule that it breaks.
    static let tampering: [(rule: BookRule, statements: [String])] = [
        (.transferBalances, [transfer("x", "faucet", amount: 5, balanceAfter: 5)]),
        (.transferBalances, [posting("credit-for-c1", 2, "available", 1)]),
        (
            .transferBalances,
            [posting("credit-for-c1", 2, "available", 1), posting("credit-for-c1", 3, "development_faucet", -1)]
        ),
        (
            .transferBalances,
            [
                transfer("x", "faucet", amount: 5, balanceAfter: 5), posting("x", 0, "development_faucet", -6),
                posting("x", 1, "available", 6),
            ]
        ),
        (
            .postingFitsTransfer,
            [
                transfer("x", "faucet", amount: 5, balanceAfter: 5), posting("x", 0, "available", -5),
                posting("x", 1, "development_faucet", 5),
            ]
        ),
        (
            .postingFitsTransfer,
            [
                transfer("x", "faucet", amount: 5, balanceAfter: 5), posting("x", 0, "platform_overrun", -5),
                posting("x", 1, "available", 5),
            ]
        ),
        (
            .postingFitsTransfer,
            [
                transfer("x", "faucet", amount: 5, balanceAfter: 5),
                posting("x", 0, "development_faucet", wallet: "null", -5), posting("x", 1, "available", wallet: "2", 5),
            ]
        ),
        (.balanceIsRecounted, ["update balances set posted = posted + 1"]),
        (.balanceIsRecounted, ["update balances set held = held + 1"]),
        (
            .balanceIsRecounted,
            ["update balances set posted = posted + 1, development_credits = development_credits + 1"]
        ),
        (.balanceIsRecounted, ["update balances set unsettled_spend = unsettled_spend + 1"]),
        (.balanceIsRecounted, ["update balances set transfers = transfers + 1"]),
        (.balanceIsRecounted, ["delete from balances"]),
        (.balanceIsRecounted, ["update holds set amount = amount + 1 where id = 'open'"]),
        (.balanceIsRecounted, ["insert into balances values (9, 1, 0, 1, 0, 1)"]),
        (
            .runningBalance,
            [
                transfer("x", "faucet", amount: 5, balanceAfter: 6), posting("x", 0, "development_faucet", -5),
                posting("x", 1, "available", 5),
            ]
        ),
        (.holdIsBooked, ["update holds set charged = charged - 1 where id = 'hold-c1'"]),
        (.holdIsBooked, ["update holds set overrun = overrun + 1 where id = 'over'"]),
        (.holdIsBooked, ["update holds set state = 'released', charged = 0, overrun = 0 where id = 'over'"]),
        (.spendHasHold, [transfer("x", "spend", amount: 5, balanceAfter: 5)]),
        (.callMatchesHold, ["update provider_calls set settled_at = null where id = 'c1'"]),
        (.callMatchesHold, ["update provider_calls set settled_at = null where id = 'c2'"]),
        (.callMatchesHold, ["update holds set state = 'open', resolved_at = null where id = 'hold-c2'"]),
        (.callMatchesHold, ["update provider_calls set wallet_id = 2 where id = 'c2'"]),
        (.callMatchesHold, [usage]),
        (.agentSpendIsRecounted, ["update agent_spends set spent = spent + 1"]),
        (.agentSpendIsRecounted, ["delete from agent_spends"]),
        (.agentSpendIsRecounted, ["insert into agent_spends values (1, 'nobody', 1)"]),
        (.usageComputes, [usage]),
    ]

    @Test("A sound book has no faults, and every rule is tried below")
    func sound() async throws {
        let book = try await VerificationTests.book()
        try await book.close()
        #expect(Set(VerificationTests.tampering.map(\.rule)) == Set(BookRule.allCases))
    }

    @Test("Tampering breaks the rule that guards against it", arguments: tampering)
    func tampered(row: (rule: BookRule, statements: [String])) async throws {
        let book = try await VerificationTests.book()
        for statement in row.statements { try await book.execute(statement) }
        let ledger = book.ledger
        let faults = try await book.database.scan { tx in try ledger.verifyBook(in: tx) }
        #expect(faults.contains { $0.rule == row.rule }, "found \(faults)")
        await book.database.close()
    }

    @Test("A book is verified up to a length of transfers and of holds, and not beyond")
    func bounded() async throws {
        let book = try await VerificationTests.book()
        let ledger = book.ledger
        let lengths = try await book.database.scan { tx in
            try ["transfers", "holds"].map { try tx.first("select count(*) from \($0)", []) { try $0.integer(0) } ?? 0 }
        }
        let length = Int(try #require(lengths.max()))
        for (limit, isVerified) in [(length - 1, false), (length, true), (length + 1, true)] {
            let faults = try await book.database.scan { tx in try ledger.verifyBook(upTo: limit, in: tx) }
            #expect(faults == (isVerified ? [] : nil))
        }
        try await book.close()
    }

    @Test("On a broken balance nothing more is booked")
    func refusal() async throws {
        let book = try await VerificationTests.book()
        try await book.execute("update balances set posted = posted + 1")
        await #expect(throws: LedgerError.self) { try await book.credit(TestBook.alice, dollar) }
        await #expect(throws: LedgerError.self) { try await book.hold("h", TestBook.alice, 1) }
        await book.database.close()
    }

    @Test("A recount from the postings gives the balance row")
    func recount() async throws {
        let book = try await VerificationTests.book()
        let ledger = book.ledger
        for wallet in [TestBook.alice, TestBook.bob] {
            let counted = try await book.database.scan { tx in try ledger.recountedBalance(of: wallet, in: tx) }
            #expect(try await book.balance(of: wallet) == counted)
        }
        try await book.close()
    }
}
