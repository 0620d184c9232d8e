import Database
import DatabaseFixtures
import Testing

@Suite("Time limits")
struct TimeLimitTests {
    /// Counts for ever.
    private static let endless =
        "with recursive n (i) as (select 1 union all select i + 1 from n) select count(*) from n where i < 0"
    /// Inserts for as long as it may.
    private static let endlessInsert = """
        with recursive n (i) as (select 10 union all select i + 1 from n)
            insert into accounts (id, balance) select i, 0 from n
        """

    private static var short: DatabaseLimits {
        var limits = DatabaseLimits.patient
        limits.readMilliseconds = 20
        limits.scanMilliseconds = 20
        limits.writeMilliseconds = 20
        return limits
    }

    @Test("a read, a scan and a write that take too long are stopped, and the next one works", .onEveryEngine)
    func stopped() async throws {
        let scratch = try Scratch(limits: Self.short)
        let database = scratch.database
        await #expect(throws: DatabaseError.timeLimit) {
            try await database.read { transaction in try transaction.first(Self.endless) { try $0.integer(0) } }
        }
        await #expect(throws: DatabaseError.timeLimit) {
            try await database.scan { transaction in try transaction.first(Self.endless) { try $0.integer(0) } }
        }
        await #expect(throws: DatabaseError.timeLimit) {
            try await database.write { transaction in try transaction.first(Self.endless) { try $0.integer(0) } }
        }
        try await database.write { try Accounts.open(1, balance: 3, in: $0) }
        #expect(try await database.read { try Accounts.balance(1, in: $0) } == 3)
        #expect(try await database.scan { try Accounts.balance(1, in: $0) } == 3)
        await scratch.close()
    }

    @Test("a body stopped in the middle of a change takes the transaction with it; the others run again")
    func survivors() async throws {
        let scratch = try Scratch(limits: Self.short)
        let database = scratch.database
        let results = try await database.writeTogether([
            { try Accounts.open(1, balance: 10, in: $0) },
            { transaction in
                // Even if the body swallows the error.
                _ = try? transaction.execute(Self.endlessInsert)
            },
            { try Accounts.open(3, balance: 30, in: $0) },
        ])
        #expect(results.map(\.isSuccess) == [true, false, true])
        #expect(results[1].databaseError == .timeLimit)
        let ids = try await database.read { transaction in
            try transaction.rows("select id from accounts order by id") { try $0.integer(0) }
        }
        #expect(ids == [1, 3])
        await scratch.close()
    }
}
