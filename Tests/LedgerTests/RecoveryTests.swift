import Database
import DatabaseFixtures
import Foundation
import Primitives
import Testing

@testable import Ledger

@Suite("After a crash", .onEveryEngine)
struct RecoveryTests {
    static let usage = Usage(input: 1_000, output: 1)

    /// How far the call had come, and what its wallet pays.
    static let points: [(name: String, events: [CallEvent], charged: Int64)] = [
        ("planned", [], 0),
        ("sent", [.sent], 0),
        ("started", [.sent, .started(usage)], 1_162),
        ("streaming", [.sent, .started(usage), .streamed(outputBytes: 300)], 2_300),
        ("failed", [.sent, .started(usage), .failed(code: "cut")], 1_162),
        ("final", [.sent, .started(usage), .finished(usage, toolCalls: 1)], 1_662),
    ]

    static func recover(_ book: TestBook, instance: String) async throws -> [CallOutcome] {
        let ledger = book.ledger
        let calls = try await book.database.read { tx in
            try ledger.abandonedCalls(besides: instance, limit: 100, in: tx)
        }
        var outcomes: [CallOutcome] = []
        for call in calls {
            outcomes.append(
                try await book.database.write { tx in
                    try ledger.settleAbandoned(call: call, code: "restarted", in: tx, at: TestBook.start)
                })
        }
        return outcomes
    }

    @Test("The next start settles a call from wherever it stood", arguments: points)
    func everyState(point: (name: String, events: [CallEvent], charged: Int64)) async throws {
        let before = try TestBook()
        try await CallFlow(before).start("c1", point.events)
        let book = try await before.reopened()
        #expect(try await RecoveryTests.recover(book, instance: CallFlow.instance).isEmpty, "its own calls still run")
        let outcomes = try await RecoveryTests.recover(book, instance: "start-2")
        #expect(outcomes.map(\.charged) == [MicroUSDC(point.charged)])
        #expect(try await book.balance(of: TestBook.alice).available == MicroUSDC(10 * dollar - point.charged))
        #expect(try await book.balance(of: TestBook.alice).held == .zero)
        #expect(try await RecoveryTests.recover(book, instance: "start-3").isEmpty)
        try await book.close()
    }

    @Test("Killed right after any of its commits, a call settles from the last of them", .onFile, arguments: 0...5)
    func killed(after commits: Int) async throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, commits = commits as Int] in
            let book = try TestBook(at: path)
            let flow = CallFlow(book)
            try await book.credit(TestBook.alice, 10 * dollar, id: "credit")
            if commits > 0 { try await flow.plan(CallFlow.plan("c1")) }
            let events: [CallEvent] = [
                .sent, .started(RecoveryTests.usage), .streamed(outputBytes: 300),
                .finished(RecoveryTests.usage, toolCalls: 1),
            ]
            for event in events.prefix(max(0, commits - 1)) { try await flow.record(event, "c1") }
            kill(getpid(), SIGKILL)
        }
        let book = try TestBook(in: folder)
        let charged: Int64 = [0, 0, 0, 1_162, 2_300, 1_662][commits]
        let outcomes = try await RecoveryTests.recover(book, instance: "start-2")
        #expect(outcomes.map(\.charged) == (commits == 0 ? [] : [MicroUSDC(charged)]))
        let balance = try await book.balance(of: TestBook.alice)
        #expect(balance.available == MicroUSDC(10 * dollar - charged) && balance.held == .zero)
        try await book.close()
    }

    @Test("An expired hold settles the call that runs on it, and the late stream is told so")
    func expired() async throws {
        let book = try TestBook()
        let flow = CallFlow(book)
        let ledger = book.ledger
        try await flow.start("c1", [.sent, .started(RecoveryTests.usage), .streamed(outputBytes: 300)])
        let early = TestBook.start.adding(seconds: 599)
        let late = TestBook.start.adding(seconds: 600)
        await #expect(throws: LedgerError.holdNotExpired(id: "hold-c1", expiresAt: late)) {
            try await book.database.write { tx in _ = try ledger.expire("hold-c1", in: tx, at: early) }
        }
        for _ in 0..<2 {
            let hold = try await book.database.write { tx in try ledger.expire("hold-c1", in: tx, at: late) }
            #expect(hold.state == .captured(charged: MicroUSDC(2_300), overrun: .zero))
        }
        let event = CallEvent.finished(RecoveryTests.usage, toolCalls: 0)
        await #expect(throws: LedgerError.illegalTransition(IllegalTransition(state: .failed, event: event))) {
            try await flow.record(event, "c1")
        }
        let call = try await book.database.read { tx in try ledger.call("c1", in: tx) }
        #expect(call.progress.failure == "hold_expired")
        try await book.close()
    }

    @Test("A body that throws leaves nothing behind")
    func rolledBack() async throws {
        struct Interrupted: Error {}
        let book = try TestBook()
        let ledger = book.ledger
        try await book.credit(TestBook.alice, dollar)
        let before = try await book.balance(of: TestBook.alice)
        await #expect(throws: Interrupted.self) {
            try await book.database.write { tx in
                let hold = TestBook.request("h1", TestBook.alice, 500)
                try ledger.hold(hold, in: tx, at: TestBook.start)
                try ledger.capture("h1", cost: MicroUSDC(300), in: tx, at: TestBook.start)
                throw Interrupted()
            }
        }
        #expect(try await book.balance(of: TestBook.alice) == before)
        await #expect(throws: LedgerError.unknownHold(id: "h1")) {
            try await book.database.read { tx in _ = try ledger.hold("h1", in: tx) }
        }
        try await book.close()
    }
}
