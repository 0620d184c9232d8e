import Database
import DatabaseFixtures
import Glibc
import Primitives
import Synchronization
import Testing

@Suite("A server that fails", .timeLimit(.minutes(1)))
struct ServerFaultTests {
    private let schema: TestSchema
    private let wire: TestWire
    private let plan: MigrationPlan

    init() throws {
        schema = try TestSchema()
        wire = try TestWire(to: schema.url)
        plan = try MigrationPlan(Accounts.migrations)
    }

    private func open() async throws -> Database {
        let database = try Database(.server(url: wire.url), migrations: plan)
        try await database.write { transaction in
            try Accounts.open(1, balance: 0, in: transaction)
            try Accounts.open(2, balance: 1_000, in: transaction)
        }
        return database
    }

    @Test(
        "a connection lost at COMMIT doubles nothing and loses nothing",
        arguments: [TestWire.Fate.cutBeforeCommit, .cutAfterCommit])
    func lostAtCommit(fate: TestWire.Fate) async throws {
        let database = try await open()
        for round in 0..<20 {
            wire.set(fate)
            try await database.write { try Accounts.transfer("t-\(round)", from: 2, to: 1, 10, in: $0) }
        }
        #expect(wire.cuts == 20)
        #expect(try await database.read { try Accounts.balance(1, in: $0) } == 200)
        #expect(try await database.read { try Accounts.operations(in: $0) }.count == 20)
        await database.close()
    }

    @Test("a backend that is ended while it commits doubles nothing and loses nothing")
    func terminatedAtCommit() async throws {
        let database = try await open()
        // COMMIT waits at this trigger, where the backend is ended.
        try schema.run(
            """
            create function dawdle() returns trigger language plpgsql as $$
                begin perform pg_sleep(0.5); return null; end $$;
            create constraint trigger dawdle after insert on entries deferrable initially deferred
                for each row execute function dawdle();
            """)
        let running = Task {
            try await database.write { try Accounts.transfer("once", from: 2, to: 1, 10, in: $0) }
        }
        let end = """
            select count(pg_terminate_backend(pid)) from pg_stat_activity
                where wait_event = 'PgSleep' and pid <> pg_backend_pid()
            """
        while try schema.run(end) == "0" { await Task.yield() }
        try await running.value
        #expect(try await database.read { try Accounts.operations(in: $0) } == ["once"])
        #expect(try await database.read { try Accounts.balance(1, in: $0) } == 10)
        #expect(database.statistics.repeats > 0)
        await database.close()
    }

    @Test("while the server cannot be reached calls are refused, none crashes, and afterwards they work again")
    func unreachable() async throws {
        let database = try await open()
        wire.set(.cut)
        for _ in 0..<3 {
            await #expect(throws: DatabaseError.unavailable) {
                try await database.read { try Accounts.balance(1, in: $0) }
            }
            await #expect(throws: DatabaseError.unavailable) {
                try await database.scan { try Accounts.balance(1, in: $0) }
            }
            await #expect(throws: DatabaseError.unavailable) {
                try await database.write { try Accounts.open(3, balance: 1, in: $0) }
            }
        }
        wire.set(.whole)
        // What was found unreachable is tried again after a moment.
        let limit = Monotonic.nanoseconds() + 5_000_000_000
        var balance: Int64?
        while balance == nil, Monotonic.nanoseconds() < limit {
            balance = try? await database.read { try Accounts.balance(2, in: $0) }
        }
        #expect(balance == 1_000)
        #expect(try await database.read { try Accounts.balance(3, in: $0) } == nil)
        await database.close()
    }

    @Test("a server that is not there, or lets nobody in, is an error at the start")
    func refused() throws {
        for url in ["postgresql://x@/y?host=/nowhere", "postgresql://127.0.0.1:1/x", "postgres://", "nonsense"] {
            #expect(throws: DatabaseError.unavailable) { try Database(.server(url: url), migrations: plan) }
        }
    }

    @Test("two bodies that lock crosswise are both done: the one that lost runs again")
    func deadlock() async throws {
        let database = try await open()
        let arrivals = Counter()
        @Sendable func cross(_ first: Int64, _ second: Int64) async throws {
            try await database.write { transaction in
                let update = "update accounts set balance = balance + 1 where id = $1"
                try transaction.execute(update, [.integer(first)])
                // Both have the first before either asks for the second; a repetition does not wait.
                _ = arrivals.next()
                while arrivals.count < 2 { sched_yield() }
                try transaction.execute(update, [.integer(second)])
            }
        }
        async let one: Void = cross(1, 2)
        async let other: Void = cross(2, 1)
        _ = try await (one, other)
        #expect(try await database.read { try Accounts.balance(1, in: $0) } == 2)
        #expect(try await database.read { try Accounts.balance(2, in: $0) } == 1_002)
        #expect(database.statistics.repeats > 0)
        await database.close()
    }

    @Test("whoever waits too long for a locked wallet is refused, and nothing of it is kept")
    func lockTimeout() async throws {
        var limits = DatabaseLimits.server
        limits.lockMilliseconds = 50
        let database = try Database(.server(url: wire.url), migrations: plan, limits: limits)
        let hold = Hold()
        let held = Task {
            try await database.write { transaction in
                try transaction.lock(WalletID(7))
                hold.wait()
            }
        }
        await hold.started()
        await #expect(throws: DatabaseError.busy) {
            try await database.write { transaction in
                try Accounts.open(3, balance: 1, in: transaction)
                try transaction.lock(WalletID(7))
            }
        }
        hold.release()
        try await held.value
        try await database.write { try $0.lock(WalletID(7)) }
        #expect(try await database.read { try Accounts.balance(3, in: $0) } == nil)
        await database.close()
    }

    @Test("nodes that start at once migrate once")
    func startTogether() async throws {
        let url = wire.url
        let plan = plan
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask { await (try Database(.server(url: url), migrations: plan)).close() }
            }
            try await group.waitForAll()
        }
        #expect(try schema.run("select count(*) from schema_migrations") == "1")
    }

    @Test("of a sum of 64-bit integers the whole numbers that fit are read, and nothing else")
    func sums() async throws {
        let database = try await open()
        let cases: [(String, Int64?)] = [
            ("0", 0), ("1", 1), ("9999", 9_999), ("10000", 10_000), ("-10001", -10_001), ("100000000", 100_000_000),
            ("9223372036854775807", .max), ("-9223372036854775808", .min), ("9223372036854775808", nil), ("0.5", nil),
            ("1.50", nil), ("12.00", 12), ("99999999999999999999999999999999999", nil), ("'NaN'", nil),
        ]
        for (text, wanted) in cases {
            let read = try await database.read { transaction in
                try transaction.first("select cast(\(text) as numeric)") { try? $0.integer(0) }
            }
            #expect(read == .some(wanted), "\(text)")
        }
        await database.close()
    }
}
