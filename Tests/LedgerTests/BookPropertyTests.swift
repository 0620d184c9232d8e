import Database
import DatabaseFixtures
import Primitives
import Testing

@testable import Ledger

/// What a random step does to the book. A value, because a database body may run several times.
private enum Step: Sendable {
    case faucet(id: String, WalletID, MicroUSDC)
    case hold(HoldRequest)
    case capture(String, MicroUSDC)
    case release(String)
    case expire(String)
}

/// The book as a child would keep it: no transfers, no postings, only what everyone owns. It predicts every outcome.
private struct PlainBook {
    var credits: [WalletID: Int64] = [:]
    var spent: [WalletID: Int64] = [:]
    var overrun: Int64 = 0
    var holds: [String: (request: HoldRequest, state: HoldState)] = [:]
    var faucets: [String: (WalletID, MicroUSDC)] = [:]

    func held(_ wallet: WalletID) -> Int64 {
        holds.values.filter { $0.request.wallet == wallet && $0.state == .open }
            .reduce(0) { $0 + $1.request.amount.rawValue }
    }

    func available(_ wallet: WalletID) -> Int64 {
        credits[wallet, default: 0] - spent[wallet, default: 0] - held(wallet)
    }

    /// Whether the step must succeed; if so, it is taken.
    mutating func take(_ step: Step, at now: Timestamp) -> Bool {
        switch step {
        case .faucet(let id, let wallet, let amount):
            if let known = faucets[id] { return known == (wallet, amount) }
            guard credits[wallet, default: 0] + amount.rawValue <= FaucetLimits.perDay.rawValue else { return false }
            credits[wallet, default: 0] += amount.rawValue
            faucets[id] = (wallet, amount)
        case .hold(let request):
            if let known = holds[request.id]?.request {
                return (known.wallet, known.amount, known.agent) == (request.wallet, request.amount, request.agent)
            }
            guard request.amount.rawValue <= available(request.wallet) else { return false }
            holds[request.id] = (request, .open)
        case .capture(let id, let cost):
            guard let hold = holds[id] else { return false }
            let charged = min(cost, hold.request.amount)
            return end(id, as: .captured(charged: charged, overrun: cost - charged))
        case .release(let id): return end(id, as: .released)
        case .expire(let id):
            guard let hold = holds[id] else { return false }
            return (hold.state != .open || now >= hold.request.expiresAt) && end(id, as: .expired)
        }
        return true
    }

    private mutating func end(_ id: String, as state: HoldState) -> Bool {
        guard let hold = holds[id] else { return false }
        guard hold.state == .open else { return hold.state == state }
        holds[id]?.state = state
        if case .captured(let charged, let above) = state {
            spent[hold.request.wallet, default: 0] += charged.rawValue
            overrun += above.rawValue
        }
        return true
    }
}

@Suite("Random histories of several wallets", .onEveryEngine)
struct BookPropertyTests {
    static let wallets = (1...4).map { WalletID($0) }

    private static func step(_ draws: Draws, number: Int64, at now: Timestamp) throws -> Step {
        let wallet = try draws.element(of: wallets)
        // Ids come from a small range, so that many steps repeat an earlier one, with the same fields or with others.
        let id = "h\(draws.number(in: max(0, number / 3 - 8)...number / 3 + 2))"
        switch draws.number(in: 0...11) {
        case 0...1:
            let micro = draws.number(in: 1...30) * dollar
            return .faucet(id: "f\(draws.number(in: 0...12))", wallet, MicroUSDC(micro))
        case 2...6:
            let amount = MicroUSDC(draws.number(in: 0...4) * 3 * dollar)
            let lifetime = draws.number(in: 1...200)
            return .hold(
                HoldRequest(
                    id: id, wallet: wallet, amount: amount, agent: draws.number(in: 0...1) == 0 ? nil : "agent",
                    expiresAt: now.adding(seconds: lifetime)))
        case 7...8: return .capture(id, MicroUSDC(draws.number(in: 0...6) * 2 * dollar))
        case 9: return .release(id)
        default: return .expire(id)
        }
    }

    private static func take(_ step: Step, _ book: TestBook, at now: Timestamp) async throws -> Bool {
        let ledger = book.ledger
        do {
            try await book.database.write { tx in
                switch step {
                case .faucet(let id, let wallet, let amount):
                    try ledger.faucet(id: id, wallet: wallet, amount: amount, in: tx, at: now)
                case .hold(let request): try ledger.hold(request, in: tx, at: now)
                case .capture(let id, let cost): try ledger.capture(id, cost: cost, in: tx, at: now)
                case .release(let id): try ledger.release(id, in: tx, at: now)
                case .expire(let id): try ledger.expire(id, in: tx, at: now)
                }
            }
            return true
        } catch let error as LedgerError {
            if case .brokenBook = error { throw error }
            return false
        } catch is InsufficientFunds {
            return false
        }
    }

    @Test("After every step the book verifies and says what a plain count says", arguments: [1, 2, 3, 4] as [UInt64])
    func history(seed: UInt64) async throws {
        let book = try TestBook()
        let ledger = book.ledger
        let draws = Draws(seed: seed)
        var plain = PlainBook()
        var now = TestBook.start
        for number in 0..<Int64(250) {
            now = now.adding(seconds: draws.number(in: 0...20))
            let step = try BookPropertyTests.step(draws, number: number, at: now)
            let expected = plain.take(step, at: now)
            let place: Comment = "seed \(seed), step \(number): \(step)"
            #expect(try await BookPropertyTests.take(step, book, at: now) == expected, place)
            try await book.verify(place)
            for wallet in BookPropertyTests.wallets {
                let balance = try await book.balance(of: wallet)
                #expect(balance.available == MicroUSDC(plain.available(wallet)), place)
                #expect(balance.held == MicroUSDC(plain.held(wallet)), place)
                #expect(balance.unsettledSpend == MicroUSDC(plain.spent[wallet, default: 0]), place)
                let recount = try await book.database.scan { tx in try ledger.recountedBalance(of: wallet, in: tx) }
                #expect(recount == balance, place)
            }
        }
        let totals = try await book.database.scan { tx in try ledger.accountTotals(in: tx) }
        #expect(totals.values.reduce(.zero, +) == .zero, "seed \(seed)")
        #expect(totals[.platformOverrun] ?? .zero == MicroUSDC(-plain.overrun), "seed \(seed)")
        #expect(plain.overrun > 0 && plain.holds.count > 20, "seed \(seed) shows too little")
        try await book.close()
    }

    @Test(
        "Calls cut at random points, with the database closed in between, lose and make no cent",
        arguments: [5, 6, 7] as [UInt64])
    func calls(seed: UInt64) async throws {
        var book = try TestBook()
        let draws = Draws(seed: seed)
        try await book.credit(TestBook.alice, 100 * dollar, id: "credit")
        var charged = MicroUSDC.zero
        for start in 1...8 {
            let flow = CallFlow(book)
            for number in 0..<draws.number(in: 1...5) {
                let plan = CallFlow.plan(
                    "c\(start)-\(number)", maximumOutput: draws.number(in: 1...1_000), instance: "start-\(start)")
                try await flow.plan(plan)
                let usage = Usage(
                    input: draws.number(in: 0...5_000), output: draws.number(in: 0...50),
                    cacheRead: draws.number(in: 0...5_000))
                let bytes = draws.number(in: 0...2_000)
                let events: [CallEvent] = [
                    .sent, .started(usage), .streamed(outputBytes: bytes),
                    .finished(usage.withOutput(bytes), toolCalls: draws.number(in: 0...3)),
                ]
                let happened = Array(events.prefix(Int(draws.number(in: 0...4))))
                var progress = CallProgress()
                for event in happened {
                    try progress.apply(event)
                    try await flow.record(event, plan.id)
                }
                if case .charge(let usage, _) = SettlementRule.decision(
                    for: progress, maximumOutput: plan.maximumOutput)
                {
                    let charge = Charge(
                        usage: usage, price: CallFlow.price, toolCalls: progress.toolCalls, plan: plan.plan)
                    charged = charged + min(charge.amount, plan.hold.amount)
                }
            }
            book = try await book.reopened()
            _ = try await RecoveryTests.recover(book, instance: "start-\(start + 1)")
            try await book.verify("seed \(seed), start \(start)")
            let balance = try await book.balance(of: TestBook.alice)
            #expect(balance.held == .zero, "seed \(seed)")
            #expect(balance.unsettledSpend == charged, "seed \(seed), start \(start)")
        }
        try await book.close()
    }
}
