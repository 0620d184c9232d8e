import Agents
import Ledger
import Primitives
import Testing

@testable import Gateway

@Suite("The ledger as chat uses it")
struct LedgerSpendingTests {
    static let first = TokenUsage(freshInput: 400, cacheRead: 10, output: 1)

    @Test("What is held is the bound: every byte and the provider's own prompt the dearest way, and max_tokens")
    func hold() async throws {
        let book = try await SpendingBook()
        #expect(try await book.admit(maximumTokens: 100).maximumOutputTokens == 100)
        let held = MicroUSDC((1_000 + HoldBound.providerPromptTokens) * 2 + 100 * 5)
        #expect(try await book.balance().held == held)
        try await book.recordSent()
        let most = TokenUsage(cacheWrite1h: 1_000 + Int(HoldBound.providerPromptTokens), output: 100)
        #expect(try await book.settle(TurnProgress(usage: most), isFinal: true, .finished).cost == held)
        #expect(book.overruns == 0)
        try await book.close()
    }

    static let defaults: [(model: String, tokens: Int)] = [
        ("haiku", 4_096), ("sonnet", 8_192), ("opus", 8_192), ("claude-opus-5-5", 8_192),
        ("claude-sonnet-5-5-20270101", 8_192), ("claude-other-5", 4_096), ("claude-haiku-short", 1_000),
    ]

    @Test("Without max_tokens the model's family decides, up to the model's own limit", arguments: defaults)
    func defaultTokens(model: String, tokens: Int) async throws {
        let book = try await SpendingBook()
        #expect(try await book.admit(model: model, maximumTokens: nil).maximumOutputTokens == tokens)
        try await book.close()
    }

    @Test("The balance cuts max_tokens, named or not", arguments: [nil, 4_096])
    func affordable(maximumTokens: Int?) async throws {
        let book = try await SpendingBook(credit: FaucetLimits.least)
        let tokens = try await book.admit(maximumTokens: maximumTokens).maximumOutputTokens
        #expect(tokens == (10_000 - 4_048) / 5)
        #expect(try await book.balance().available < MicroUSDC(5))
        try await book.close()
    }

    @Test("A model of another provider is as unknown as one that nobody has", arguments: ["gpt-9", "claude-none", ""])
    func unknownModel(model: String) async throws {
        let book = try await SpendingBook()
        #expect(!book.spending.knows(model: model))
        await #expect(throws: SpendingRefusal.unknownModel) { try await book.admit(model: model) }
        #expect(try await book.balance().held == .zero)
        try await book.close()
    }

    @Test("Too little balance is a refusal that says what would be needed")
    func insufficient() async throws {
        let book = try await SpendingBook(credit: FaucetLimits.least)
        try await book.admit("call_1")
        let needed = MicroUSDC((1_000 + HoldBound.providerPromptTokens) * 2 + HoldBound.minimumOutputTokens * 5)
        try await book.admit("call_2")
        let available = try await book.balance().available
        await #expect(throws: SpendingRefusal.insufficientBalance(available: available, needed: needed)) {
            try await book.admit("call_3", maximumTokens: 5_000)
        }
        try await book.close()
    }

    @Test("A final report may overtake every note before it; a note that comes after the end changes nothing")
    func overtaken() async throws {
        let book = try await SpendingBook()
        try await book.admit()
        let usage = TokenUsage(freshInput: 400, output: 50)
        let charge = try await book.settle(TurnProgress(usage: usage, outputBytes: 90), isFinal: true, .finished)
        #expect(charge.cost == MicroUSDC(650) && charge.usage == usage)
        let settled = try await book.call()
        try await book.recordSent()
        try await book.progress(TurnProgress(usage: Self.first, outputBytes: 300))
        #expect(try await book.call() == settled)
        #expect(try await book.settle(TurnProgress(), isFinal: false) == charge, "settling again gives the same")
        #expect(try await book.lastUsage()?.basis == .reported)
        try await book.close()
    }

    @Test("A note that is older than what is known takes nothing back")
    func outOfOrder() async throws {
        let book = try await SpendingBook()
        try await book.admit()
        try await book.progress(TurnProgress(usage: TokenUsage(freshInput: 400, output: 50), outputBytes: 90))
        let known = try await book.call()
        try await book.progress(TurnProgress(usage: Self.first, outputBytes: 30))
        #expect(try await book.call().progress.reported == Usage(input: 400, output: 50, cacheRead: 10))
        #expect(try await book.call().progress.outputBytes == known.progress.outputBytes)
        _ = try await book.settleAbandoned()
        try await book.close()
    }

    @Test("What was reported after the start counts when the stream is cut", arguments: [false, true])
    func cutAfterReport(diesWithTheProgram: Bool) async throws {
        let book = try await SpendingBook()
        try await book.admit()
        try await book.recordSent()
        try await book.progress(TurnProgress(usage: Self.first))
        let later = TurnProgress(usage: TokenUsage(freshInput: 400, cacheRead: 10, output: 70), outputBytes: 90)
        if diesWithTheProgram {
            try await book.progress(later)
            #expect(try await book.settleAbandoned()?.cost == MicroUSDC(751))
        } else {
            #expect(try await book.settle(later).cost == MicroUSDC(751))
        }
        #expect(try await book.lastUsage()?.usage == Usage(input: 400, output: 70, cacheRead: 10))
        #expect(try await book.lastUsage()?.basis == .estimated)
        try await book.close()
    }

    @Test("Without any usage a whole answer is charged by its bytes, as an estimate", arguments: [false, true])
    func noUsage(isNotedBefore: Bool) async throws {
        let book = try await SpendingBook()
        try await book.admit()
        try await book.recordSent()
        if isNotedBefore { try await book.progress(TurnProgress(outputBytes: 60)) }
        let charge = try await book.settle(TurnProgress(outputBytes: 90), .finished)
        #expect(charge.cost == MicroUSDC(150) && charge.usage == TokenUsage(output: 30))
        #expect(try await book.call().progress.state == .answered)
        #expect(try await book.call().progress.failure == nil)
        #expect(try await book.lastUsage()?.basis == .estimated)
        try await book.close()
    }

    @Test("Without any usage a cut answer is charged by its bytes too", arguments: [false, true])
    func noUsageCut(diesWithTheProgram: Bool) async throws {
        let book = try await SpendingBook()
        try await book.admit()
        let progress = TurnProgress(outputBytes: 90)
        if diesWithTheProgram {
            try await book.progress(progress)
            #expect(try await book.settleAbandoned()?.cost == MicroUSDC(150))
        } else {
            #expect(try await book.settle(progress).cost == MicroUSDC(150))
        }
        #expect(try await book.call().progress.state == .failed)
        try await book.close()
    }

    @Test("A provider that begins without a report may bring one later")
    func lateUsage() async throws {
        let book = try await SpendingBook()
        try await book.admit()
        try await book.progress(TurnProgress(outputBytes: 60))
        try await book.progress(TurnProgress(usage: Self.first, outputBytes: 90))
        #expect(try await book.settleAbandoned()?.cost == MicroUSDC(551))
        try await book.close()
    }

    @Test("A whole answer without its last report is charged by what was reported and its bytes")
    func noFinalUsage() async throws {
        let book = try await SpendingBook()
        try await book.admit()
        #expect(
            try await book.settle(TurnProgress(usage: Self.first, outputBytes: 90), .finished).cost == MicroUSDC(551))
        #expect(try await book.call().progress.state == .answered)
        try await book.close()
    }

    @Test("A long answer that is cut is estimated at max_tokens at most, within the hold, and no alarm rings")
    func longOutputCut() async throws {
        let book = try await SpendingBook()
        try await book.admit(maximumTokens: 100)
        try await book.recordSent()
        let charge = try await book.settle(TurnProgress(usage: Self.first, outputBytes: 1_000_000))
        #expect(charge.cost == MicroUSDC(401 + 500) && charge.usage.output == 100)
        #expect(try await book.call().maximumOutput == 100)
        #expect(book.overruns == 0)
        try await book.close()
    }

    @Test("A provider that reports more than it was allowed costs the wallet the hold; the alarm rings for the rest")
    func overrun() async throws {
        let book = try await SpendingBook()
        try await book.admit(maximumTokens: 100)
        let held = try await book.balance().held
        let usage = TokenUsage(freshInput: 400, output: 10_000)
        #expect(try await book.settle(TurnProgress(usage: usage), isFinal: true, .finished).cost == held)
        #expect(book.overruns == 1)
        try await book.close()
    }

    @Test("A call that is released costs nothing, however often, sent or not", arguments: [false, true])
    func release(wasSent: Bool) async throws {
        let book = try await SpendingBook()
        try await book.admit()
        if wasSent { try await book.recordSent() }
        for _ in 0..<2 {
            try await book.write { [spending = book.spending] tx, now in
                try spending.release("call_1", code: "provider_overloaded", in: tx, at: now)
            }
        }
        #expect(try await book.balance().available == SpendingBook.credit)
        #expect(try await book.balance().held == .zero)
        #expect(try await book.call().progress.failure == "provider_overloaded")
        try await book.close()
    }

    @Test("A call left behind before the provider began comes to nothing", arguments: [false, true])
    func abandonedEarly(wasSent: Bool) async throws {
        let book = try await SpendingBook()
        try await book.admit()
        if wasSent { try await book.recordSent() }
        #expect(try await book.settleAbandoned() == nil)
        #expect(try await book.balance().available == SpendingBook.credit)
        try await book.close()
    }

    @Test("A call left behind in its answer is charged by what was noted, once")
    func abandoned() async throws {
        let book = try await SpendingBook()
        try await book.admit()
        try await book.progress(TurnProgress(usage: Self.first, outputBytes: 90))
        let charge = try await book.settleAbandoned()
        #expect(charge?.cost == MicroUSDC(551))
        #expect(try await book.settleAbandoned() == charge)
        #expect(try await book.call().progress.failure == "interrupted")
        try await book.close()
    }
}
