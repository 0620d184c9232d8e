import Database
import DatabaseFixtures
import Primitives
import Testing

@testable import Ledger

@Suite("Many at once", .onEveryEngine)
struct ConcurrencyTests {
    @Test("64 concurrent holds on one wallet book as many as it can pay for, and not one more")
    func holds() async throws {
        let book = try TestBook()
        try await book.credit(TestBook.alice, dollar)
        let booked = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<64 {
                group.addTask {
                    do {
                        try await book.hold("h\(number)", TestBook.alice, 30_000)
                        return true
                    } catch is InsufficientFunds {
                        return false
                    } catch {
                        Issue.record(error)
                        return false
                    }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(booked == 33)
        let balance = try await book.balance(of: TestBook.alice)
        #expect(balance.held == MicroUSDC(990_000) && balance.available == MicroUSDC(10_000))
        try await book.close()
    }

    @Test("64 concurrent captures of one hold charge it once")
    func captures() async throws {
        let book = try TestBook()
        let ledger = book.ledger
        try await book.credit(TestBook.alice, dollar)
        try await book.hold("h", TestBook.alice, 1_000)
        let outcomes = await withTaskGroup(of: MicroUSDC?.self) { group in
            for number in 0..<64 {
                group.addTask {
                    try? await book.database.write { tx in
                        try ledger.capture("h", cost: MicroUSDC(Int64(number % 2) + 500), in: tx, at: TestBook.start)
                    }.charged
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.compactMap { $0 }.count == 32, "half asked for the other amount, and were refused")
        #expect(Set(outcomes.compactMap { $0 }).count == 1)
        #expect(try await book.balance(of: TestBook.alice).transfers == 2)
        try await book.close()
    }

    @Test("One idempotency key, used 64 times at once, is fresh once")
    func keys() async throws {
        let book = try TestBook()
        let request = try IdempotencyTests.request()
        let decisions = try await withThrowingTaskGroup(of: IdempotencyDecision.self) { group in
            for _ in 0..<64 { group.addTask { try await IdempotencyTests.begin(request, book) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(decisions.filter { $0 == .fresh }.count == 1)
        #expect(decisions.filter { $0 == .inProgress }.count == 63)
        try await book.close()
    }
}
