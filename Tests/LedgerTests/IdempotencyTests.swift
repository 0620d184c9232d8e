import Database
import DatabaseFixtures
import Primitives
import Testing

@testable import Ledger

@Suite("Requests that are repeated", .onEveryEngine)
struct IdempotencyTests {
    static func request(
        _ key: String = "key-1", wallet: WalletID = TestBook.alice, route: String = "POST /faucet", body: UInt8 = 1
    ) throws -> IdempotentRequest {
        IdempotentRequest(
            wallet: wallet, route: route, key: try #require(IdempotencyKey(key)),
            hash: [UInt8](repeating: body, count: 32))
    }

    static func begin(_ request: IdempotentRequest, _ book: TestBook) async throws
        -> IdempotencyDecision
    {
        try await book.database.write { tx in
            try IdempotencyStore().begin(request, in: tx, at: TestBook.start)
        }
    }

    static func complete(_ request: IdempotentRequest, _ book: TestBook, body: [UInt8]) async throws {
        try await book.database.write { tx in
            try IdempotencyStore().complete(
                request, status: 201, body: body, in: tx, at: TestBook.start)
        }
    }

    @Test("First it is fresh, then in progress, then answered the same again")
    func replay() async throws {
        let book = try TestBook()
        let request = try IdempotencyTests.request()
        #expect(try await IdempotencyTests.begin(request, book) == .fresh)
        #expect(try await IdempotencyTests.begin(request, book) == .inProgress)
        try await IdempotencyTests.complete(request, book, body: [0, 1, 255])
        for _ in 0..<2 {
            #expect(try await IdempotencyTests.begin(request, book) == .replay(status: 201, body: [0, 1, 255]))
        }
        await #expect(throws: IdempotencyError.notInProgress) {
            try await IdempotencyTests.complete(request, book, body: [])
        }
        try await book.close()
    }

    @Test("The same key with another body is a conflict, answered or not; other wallets and routes are apart")
    func conflict() async throws {
        let book = try TestBook()
        let request = try IdempotencyTests.request()
        let other = try IdempotencyTests.request(body: 2)
        #expect(try await IdempotencyTests.begin(request, book) == .fresh)
        #expect(try await IdempotencyTests.begin(other, book) == .conflict)
        try await IdempotencyTests.complete(request, book, body: [])
        #expect(try await IdempotencyTests.begin(other, book) == .conflict)
        for apart in [
            try IdempotencyTests.request(wallet: TestBook.bob), try IdempotencyTests.request(route: "POST /chat"),
            try IdempotencyTests.request("key-2"), try IdempotencyTests.request("KEY-1"),
        ] {
            #expect(try await IdempotencyTests.begin(apart, book) == .fresh)
        }
        try await book.close()
    }

    @Test("The row and the effect are one commit: if the effect fails, the request is fresh again")
    func oneCommit() async throws {
        let book = try TestBook()
        let request = try IdempotencyTests.request()
        let ledger = book.ledger
        for _ in 0..<2 {
            await #expect(throws: InsufficientFunds.self) {
                try await book.database.write { tx in
                    let decision = try IdempotencyStore().begin(request, in: tx, at: TestBook.start)
                    #expect(decision == .fresh)
                    try ledger.hold(TestBook.request("h1", TestBook.alice, 1), in: tx, at: TestBook.start)
                }
            }
        }
        try await book.close()
    }

    @Test("What came to nothing is forgotten, so that it can be tried again; what was answered is not")
    func forget() async throws {
        let book = try TestBook()
        let request = try IdempotencyTests.request()
        #expect(try await IdempotencyTests.begin(request, book) == .fresh)
        try await book.database.write { tx in try IdempotencyStore().forget(request, in: tx) }
        #expect(try await IdempotencyTests.begin(request, book) == .fresh)
        try await IdempotencyTests.complete(request, book, body: [])
        await #expect(throws: IdempotencyError.notInProgress) {
            try await book.database.write { tx in try IdempotencyStore().forget(request, in: tx) }
        }
        try await book.close()
    }

    @Test("An answer is kept for a day after it was given, then purged, the oldest first")
    func purge() async throws {
        let book = try TestBook()
        let store = IdempotencyStore()
        for (index, name) in ["a", "b", "c"].enumerated() {
            let request = try IdempotencyTests.request(name)
            let now = TestBook.start.adding(seconds: Int64(index))
            try await book.database.write { tx in
                _ = try store.begin(request, in: tx, at: TestBook.start)
                try store.complete(request, status: 200, body: [], in: tx, at: now)
            }
        }
        #expect(try await IdempotencyTests.begin(IdempotencyTests.request("running"), book) == .fresh)
        let day = TestBook.start.adding(seconds: IdempotencyStore.retentionSeconds)
        for (moment, limit, purged) in [
            (Timestamp(unixMicroseconds: day.unixMicroseconds - 1), 9, 0), (day, 9, 1),
            (day.adding(seconds: 9), 1, 1), (day.adding(seconds: 9), 9, 1), (day.adding(seconds: 9), 9, 0),
        ] {
            let count = try await book.database.write { tx in try store.purge(limit: limit, in: tx, at: moment) }
            #expect(count == purged)
        }
        #expect(try await IdempotencyTests.begin(IdempotencyTests.request("c"), book) == .fresh)
        #expect(try await IdempotencyTests.begin(IdempotencyTests.request("running"), book) == .inProgress)
        try await book.close()
    }

    @Test("A key has 1 to 255 visible ASCII characters")
    func keys() {
        for key in ["a", "!", "~", String(repeating: "k", count: 254), String(repeating: "k", count: 255)] {
            #expect(IdempotencyKey(key)?.text == key)
        }
        for key in ["", " ", "a b", "\t", "\u{1F}", "\u{7F}", "é", "a\0b", String(repeating: "k", count: 256)] {
            #expect(IdempotencyKey(key) == nil)
        }
    }

    @Test("An answer is kept up to its limit, and not above")
    func bodies() async throws {
        let book = try TestBook()
        let request = try IdempotencyTests.request()
        #expect(try await IdempotencyTests.begin(request, book) == .fresh)
        let most = IdempotencyStore.maximumBodyBytes
        await #expect(throws: IdempotencyError.bodyTooLong) {
            try await IdempotencyTests.complete(request, book, body: [UInt8](repeating: 1, count: most + 1))
        }
        try await IdempotencyTests.complete(request, book, body: [UInt8](repeating: 1, count: most))
        try await book.close()
    }
}
