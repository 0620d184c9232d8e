import Database
import DatabaseFixtures
import Primitives
import Testing

@testable import Ledger

@Suite("Provider calls in the book", .onEveryEngine)
struct SettlementTests {
    @Test("A whole call is charged by its final usage, and the record computes to the pico")
    func whole() async throws {
        let book = try TestBook()
        let outcome = try await CallFlow(book).complete("c1")
        // 1,000 tokens in and 100 out list at $0.002; 115 % of it and two tool calls make 2,300 + 1,000 micro-USDC.
        #expect(outcome.charged == MicroUSDC(3_300) && outcome.overrun == .zero)
        #expect(outcome.available == MicroUSDC(10 * dollar - 3_300))
        let record = try #require(outcome.usage)
        #expect(record.listPico == 2_000_000_000)
        #expect(record.usage == Usage(input: 1_000, output: 100) && record.basis == .reported)
        #expect(record.rates == CallFlow.price.base && record.toolFee == MicroUSDC(1_000))
        #expect(record.model == "test-model-20260101" && record.plan == .operatorKey)
        #expect(try await CallFlow(book).settle("c1") == outcome, "settling again gives the outcome again")
        try await book.close()
    }

    /// Events, and what the wallet pays under the operator's key, in micro-USDC.
    static let ends: [(name: String, events: [CallEvent], charged: Int64)] = [
        ("never sent", [.failed(code: "client_gone")], 0),
        ("refused", [.sent, .failed(code: "provider_429")], 0),
        ("cut before text", [.sent, .started(Usage(input: 1_000, output: 1)), .failed(code: "cut")], 1_162),
        (
            "cut in the text",
            [
                .sent, .started(Usage(input: 1_000, output: 1)), .streamed(outputBytes: 20),
                .streamed(outputBytes: 31), .failed(code: "cut"),
            ], 1_277
        ),
        (
            "cut after a later report",
            [
                .sent, .started(Usage(input: 1_000, output: 1)), .streamed(outputBytes: 31),
                .reported(Usage(input: 1_000, output: 200)), .failed(code: "cut"),
            ], 3_450
        ),
        ("answered in one piece", [.sent, .finished(Usage(input: 10, output: 1), toolCalls: 0)], 23),
        ("answered without a report", [.sent, .started(Usage()), .streamed(outputBytes: 31), .answered], 127),
        ("answered in one piece without a report", [.sent, .answered], 0),
        ("answered with nothing used", [.sent, .finished(Usage(), toolCalls: 0)], 0),
    ]

    @Test("However it ends, it is settled by what was recorded", arguments: ends)
    func end(end: (name: String, events: [CallEvent], charged: Int64)) async throws {
        let book = try TestBook()
        let flow = CallFlow(book)
        try await flow.start("c1", end.events)
        let outcome = try await flow.settle("c1")
        #expect(outcome.charged == MicroUSDC(end.charged), "\(end.name)")
        #expect(outcome.available == MicroUSDC(10 * dollar - end.charged))
        #expect(try await book.balance(of: TestBook.alice).held == .zero)
        #expect(try await flow.settle("c1") == outcome)
        try await book.close()
    }

    @Test("What a call costs above its hold is the house's")
    func overrun() async throws {
        let book = try TestBook()
        let flow = CallFlow(book)
        try await flow.start("c1", [.sent, .finished(Usage(output: 10_000), toolCalls: 0)])
        let outcome = try await flow.settle("c1")
        #expect(outcome.charged == MicroUSDC(100_000) && outcome.overrun == MicroUSDC(15_000))
        #expect(outcome.usage?.overrun == outcome.overrun)
        try await book.close()
    }

    @Test("A running call cannot be settled, and only the call's own settlement ends its hold")
    func refused() async throws {
        let book = try TestBook()
        let flow = CallFlow(book)
        let ledger = book.ledger
        try await flow.start("c1", [])
        for event in [CallEvent.sent, .started(Usage(input: 1)), .streamed(outputBytes: 1)] {
            await #expect(throws: LedgerError.callNotEnded(id: "c1")) { try await flow.settle("c1") }
            try await flow.record(event, "c1")
        }
        await #expect(throws: LedgerError.callNotEnded(id: "c1")) { try await flow.settle("c1") }
        let serves = LedgerError.holdServesCall(id: "hold-c1", call: "c1")
        await #expect(throws: serves) {
            try await book.database.write { tx in _ = try ledger.release("hold-c1", in: tx, at: TestBook.start) }
        }
        await #expect(throws: serves) {
            try await book.database.write { tx in
                _ = try ledger.capture("hold-c1", cost: .zero, in: tx, at: TestBook.start)
            }
        }
        await #expect(throws: LedgerError.unknownCall(id: "c2")) { try await flow.settle("c2") }
        await #expect(throws: LedgerError.unknownCall(id: "c2")) { try await flow.record(.sent, "c2") }
        try await book.close()
    }

    @Test("An event out of order is refused, and leaves the record as it was")
    func illegal() async throws {
        let book = try TestBook()
        let flow = CallFlow(book)
        let ledger = book.ledger
        try await flow.start("c1", [.sent])
        let before = try await book.database.read { tx in try ledger.call("c1", in: tx) }
        let event = CallEvent.streamed(outputBytes: 9)
        await #expect(throws: LedgerError.illegalTransition(IllegalTransition(state: .sent, event: event))) {
            try await flow.record(event, "c1")
        }
        #expect(try await book.database.read { tx in try ledger.call("c1", in: tx) } == before)
        try await book.close()
    }

    @Test("A plan is repeatable; other fields, or a hold in use, are a conflict; without money nothing is written")
    func plans() async throws {
        let book = try TestBook()
        let flow = CallFlow(book)
        try await flow.start("c1", [])
        try await flow.plan(CallFlow.plan("c1"))
        try await flow.plan(CallFlow.plan("c1", instance: "another-start"))
        for other in [
            CallFlow.plan("c1", plan: .ownKey), CallFlow.plan("c1", hold: 1), CallFlow.plan("c1", agent: nil),
            CallFlow.plan("c1", maximumOutput: 1),
        ] {
            await #expect(throws: LedgerError.callConflict(id: "c1")) { try await flow.plan(other) }
        }
        let sameHold = CallPlan(
            id: "c2", hold: TestBook.request("hold-c1", TestBook.alice, 100_000, agent: "agent-1"), model: "m",
            price: CallFlow.price, plan: .ownKey, maximumOutput: 1, instance: CallFlow.instance)
        await #expect(throws: LedgerError.holdConflict(id: "hold-c1")) { try await flow.plan(sameHold) }
        await #expect(throws: InsufficientFunds(available: .zero, needed: MicroUSDC(5))) {
            try await flow.plan(CallFlow.plan("c3", wallet: TestBook.bob, hold: 5))
        }
        await #expect(throws: LedgerError.unknownCall(id: "c3")) { try await flow.record(.sent, "c3") }
        try await book.close()
    }

    @Test("A price is read back as it was written, tiers included")
    func snapshots() throws {
        let catalogue = try PriceCatalogue.standard()
        for model in catalogue.models {
            let price = try catalogue.entry(for: model).price
            #expect(try ModelPrice(snapshot: price.snapshot) == price)
            #expect(try TokenRates(snapshot: price.base.snapshot) == price.base)
        }
        for bad in ["", "{}", #"{"models":{}}"#, #"{"input":1,"output":2,"cacheRead":3,"cacheWrite5m":4}"#] {
            #expect(throws: LedgerError.self) { try ModelPrice(snapshot: bad) }
            #expect(throws: LedgerError.self) { try TokenRates(snapshot: bad) }
        }
    }
}
