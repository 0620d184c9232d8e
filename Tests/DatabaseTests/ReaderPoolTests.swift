import CSQLite
import Testing

@testable import Database
import DatabaseFixtures

@Suite("Readers")
struct ReaderPoolTests {
    @Test("more readers at once than connections are all served")
    func many() async throws {
        var limits = DatabaseLimits()
        limits.readerCount = 1
        limits.scannerCount = 1
        let scratch = try Scratch(limits: limits)
        let database = scratch.database
        try await database.write { try Accounts.open(1, balance: 42, in: $0) }
        let served = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<32 {
                group.addTask {
                    for _ in 0..<50 {
                        let balance = try await database.read { try Accounts.balance(1, in: $0) }
                        if balance == 42 { _ = served.next() }
                    }
                }
                group.addTask {
                    let balance = try await database.scan { try Accounts.balance(1, in: $0) }
                    if balance == 42 { _ = served.next() }
                }
            }
            try await group.waitForAll()
        }
        #expect(served.count == 32 * 51)
        await scratch.close()
    }

    @Test("close waits for the connection that is out, and serves those who wait already")
    func closing() async throws {
        let pool = ConnectionPool([try Self.connection()], maximumWaiters: 10)
        let lent = try await pool.borrow()
        let served = Counter()
        let waiter = Task {
            let connection = try await pool.borrow()
            #expect(served.next() == 1)
            pool.giveBack(connection)
        }
        while pool.waitingCount < 1 { await Task.yield() }
        let closing = Task {
            await pool.close()
            #expect(served.next() == 2)
        }
        while !pool.isClosed { await Task.yield() }
        await #expect(throws: DatabaseError.closed) { try await pool.borrow() }
        #expect(served.count == 0)
        pool.giveBack(lent)
        try await waiter.value
        await closing.value
        #expect(served.count == 2)
    }

    @Test("those who may wait are bounded", arguments: [0, 1, 3])
    func overload(bound: Int) async throws {
        let pool = ConnectionPool([try Self.connection()], maximumWaiters: bound)
        let lent = try await pool.borrow()
        let waiters = (0..<bound).map { _ in Task { pool.giveBack(try await pool.borrow()) } }
        while pool.waitingCount < bound { await Task.yield() }
        await #expect(throws: DatabaseError.overloaded) { try await pool.borrow() }
        pool.giveBack(lent)
        for waiter in waiters { try await waiter.value }
        await pool.close()
    }

    private static func connection() throws -> SQLiteConnection {
        try SQLiteConnection(path: ":memory:", flags: SQLITE_OPEN_READWRITE, busyMilliseconds: 0)
    }

    @Test("a body that throws gives its connection back")
    func throwing() async throws {
        struct Refusal: Error {}
        var limits = DatabaseLimits()
        limits.readerCount = 1
        let scratch = try Scratch(limits: limits)
        for _ in 0..<3 {
            await #expect(throws: Refusal.self) { try await scratch.database.read { _ in throw Refusal() } }
        }
        #expect(try await scratch.database.read { try Accounts.balance(1, in: $0) } == nil)
        await scratch.close()
    }

    @Test("all reads of one body see the same moment", .onEveryEngine)
    func snapshot() async throws {
        let scratch = try Scratch()
        let database = scratch.database
        try await database.write { try Accounts.open(1, balance: 1, in: $0) }
        let hold = Hold()
        let reading = Task {
            try await database.scan { transaction in
                let before = try Accounts.balance(1, in: transaction)
                hold.wait()
                return [before, try Accounts.balance(1, in: transaction)]
            }
        }
        await hold.started()
        try await database.write { try $0.execute("update accounts set balance = 2") }
        hold.release()
        #expect(try await reading.value == [1, 1])
        #expect(try await database.read { try Accounts.balance(1, in: $0) } == 2)
        await scratch.close()
    }
}
