import Database
import Primitives
import Testing

@testable import Ledger

/// Walks provider calls through a book.
struct CallFlow: Sendable {
    /// 1 micro-USD a token of input, 10 a token of output at list price: easy to compute with.
    static let price = ModelPrice(
        model: "test-model", provider: "test",
        base: TokenRates(
            input: 1_000_000, output: 10_000_000, cacheRead: 100_000, cacheWrite5m: 1_250_000,
            cacheWrite1h: 2_000_000), maxInput: 100_000, maxOutput: 10_000)
    static let instance = "start-1"

    let book: TestBook

    init(_ book: TestBook) {
        self.book = book
    }

    static func plan(
        _ id: String, wallet: WalletID = TestBook.alice, hold: Int64 = 100_000, plan: PaymentPlan = .operatorKey,
        agent: String? = "agent-1", maximumOutput: Int64 = 10_000, instance: String = CallFlow.instance
    ) -> CallPlan {
        CallPlan(
            id: id, hold: TestBook.request("hold-" + id, wallet, hold, agent: agent), model: "test-model-20260101",
            price: price, plan: plan, maximumOutput: maximumOutput, instance: instance)
    }

    func plan(_ plan: CallPlan) async throws {
        let ledger = book.ledger
        _ = try await book.database.write { tx in try ledger.plan(plan, in: tx, at: TestBook.start) }
    }

    @discardableResult
    func record(_ event: CallEvent, _ id: String) async throws -> ProviderCall {
        let ledger = book.ledger
        return try await book.database.write { tx in try ledger.record(event, call: id, in: tx, at: TestBook.start) }
    }

    @discardableResult
    func settle(_ id: String) async throws -> CallOutcome {
        let ledger = book.ledger
        return try await book.database.write { tx in try ledger.settle(call: id, in: tx, at: TestBook.start) }
    }

    /// Credits ten dollars, plans a call and lets the events happen.
    func start(_ id: String, _ events: [CallEvent]) async throws {
        try await book.credit(TestBook.alice, 10 * dollar, id: "credit-for-" + id)
        try await plan(CallFlow.plan(id))
        for event in events { try await record(event, id) }
    }

    /// A whole call of 1,000 tokens in and 100 out.
    @discardableResult
    func complete(_ id: String) async throws -> CallOutcome {
        let usage = Usage(input: 1_000, output: 100)
        try await start(id, [.sent, .started(Usage(input: 1_000)), .finished(usage, toolCalls: 2)])
        return try await settle(id)
    }
}
