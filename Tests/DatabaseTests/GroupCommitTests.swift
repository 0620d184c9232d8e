import Database
import DatabaseFixtures
import Synchronization
import Testing

@Suite("Group commit")
struct GroupCommitTests {
    private struct Refusal: Error {}

    @Test("bodies that wait together are committed together, by one synchronisation of the log")
    func groups() async throws {
        let disk = FaultyDisk()
        let scratch = try Scratch(limits: .patient, vfs: disk.name)
        let database = scratch.database
        try await database.write { try Accounts.open(1, balance: 0, in: $0) }
        let syncsBefore = disk.syncs(ofFilesEnding: "-wal")
        let commitsBefore = database.statistics.commits
        let add: WriteBody = { transaction in
            try transaction.execute("update accounts set balance = balance + 1")
        }
        let results = try await database.writeTogether(Array(repeating: add, count: 40))
        #expect(results.map(\.isSuccess) == Array(repeating: true, count: 40))
        #expect(disk.syncs(ofFilesEnding: "-wal") == syncsBefore + 1)
        #expect(database.statistics.commits == commitsBefore + 1)
        #expect(database.statistics.largestBatch == 41)
        #expect(try await database.read { try Accounts.balance(1, in: $0) } == 40)
        await scratch.close()
    }

    @Test("a batch ends at its count", arguments: [(4, 1), (5, 2), (9, 2), (10, 3)])
    func count(bodies: Int, transactions: Int) async throws {
        // The body that holds the writer fills one place of the first transaction.
        var limits = DatabaseLimits.patient
        limits.batchCount = 5
        let scratch = try Scratch(limits: limits)
        let before = scratch.database.statistics.commits
        let body: WriteBody = { _ in }
        _ = try await scratch.database.writeTogether(Array(repeating: body, count: bodies))
        #expect(scratch.database.statistics.commits == before + transactions)
        #expect(scratch.database.statistics.largestBatch == 5)
        await scratch.close()
    }

    @Test("a batch ends when its time is up, after the body that is running")
    func time() async throws {
        var limits = DatabaseLimits()
        limits.batchMilliseconds = 0
        let scratch = try Scratch(limits: limits)
        let body: WriteBody = { _ in }
        _ = try await scratch.database.writeTogether(Array(repeating: body, count: 10))
        #expect(scratch.database.statistics.commits == 11)
        #expect(scratch.database.statistics.largestBatch == 1)
        await scratch.close()
    }

    @Test("a body that throws between two good ones undoes its own work only")
    func throwing() async throws {
        let scratch = try Scratch(limits: .patient)
        let database = scratch.database
        let results = try await database.writeTogether([
            { try Accounts.open(1, balance: 10, in: $0) },
            { transaction in
                try Accounts.open(2, balance: 20, in: transaction)
                try transaction.execute("update accounts set balance = 999")
                throw Refusal()
            },
            { try Accounts.open(3, balance: 30, in: $0) },
        ])
        #expect(results.map(\.isSuccess) == [true, false, true])
        #expect(throws: Refusal.self) { try results[1].get() }
        let balances = try await database.read { transaction in
            try [1, 2, 3].map { try Accounts.balance($0, in: transaction) }
        }
        #expect(balances == [10, nil, 30])
        #expect(database.statistics.repeats == 0)
        await scratch.close()
    }

    @Test("a body may catch a broken constraint and go on; the failed statement changed nothing", .onEveryEngine)
    func caughtConstraint() async throws {
        let scratch = try Scratch()
        try await scratch.database.write { transaction in
            try Accounts.open(1, balance: 10, in: transaction)
            #expect(throws: DatabaseError.self) { try Accounts.open(1, balance: 20, in: transaction) }
            try Accounts.open(2, balance: 20, in: transaction)
        }
        #expect(try await scratch.database.read { try Accounts.balance(1, in: $0) } == 10)
        #expect(try await scratch.database.read { try Accounts.balance(2, in: $0) } == 20)
        await scratch.close()
    }

    @Test("a statement that ends the whole transaction costs its own body only; the others run again")
    func lostTransaction() async throws {
        let scratch = try Scratch(limits: .patient)
        let database = scratch.database
        let runs = Mutex([0, 0, 0])
        let results = try await database.writeTogether([
            { transaction in
                runs.withLock { $0[0] += 1 }
                try Accounts.open(1, balance: 10, in: transaction)
            },
            { transaction in
                runs.withLock { $0[1] += 1 }
                try Accounts.open(2, balance: 20, in: transaction)
                // SQLite rolls back everything; going on would commit statement by statement.
                let again = "insert or rollback into accounts (id, balance) values (2, 99)"
                #expect(throws: DatabaseError.self) { try transaction.execute(again) }
                #expect(throws: DatabaseError.self) { try Accounts.open(4, balance: 40, in: transaction) }
            },
            { transaction in
                runs.withLock { $0[2] += 1 }
                try Accounts.open(3, balance: 30, in: transaction)
            },
        ])
        #expect(results.map(\.isSuccess) == [true, false, true])
        let violation = ConstraintViolation(kind: .unique, table: "accounts", columns: ["id"])
        #expect(results[1].databaseError == .constraint(violation))
        let balances = try await database.read { transaction in
            try [1, 2, 3, 4].map { try Accounts.balance($0, in: transaction) }
        }
        #expect(balances == [10, nil, 30, nil])
        #expect(runs.withLock { $0 } == [2, 1, 1])
        await scratch.close()
    }

    @Test("no body runs more than three times, however many others lose the transaction")
    func boundedRepeats() async throws {
        let scratch = try Scratch(limits: .patient)
        let database = scratch.database
        try await database.write { try Accounts.open(0, balance: 0, in: $0) }
        let runs = Mutex([Int](repeating: 0, count: 30))
        let bodies = (0..<30).map { index -> WriteBody in
            { transaction in
                runs.withLock { $0[index] += 1 }
                guard index % 3 == 2 else { return try Accounts.open(Int64(index + 1), balance: 1, in: transaction) }
                try transaction.execute("insert or rollback into accounts (id, balance) values (0, 1)")
            }
        }
        let results = try await database.writeTogether(bodies)
        #expect(results.map(\.isSuccess) == (0..<30).map { $0 % 3 != 2 })
        #expect(runs.withLock { $0.max() } ?? 0 <= 3)
        let count = try await database.read { transaction in
            try transaction.first("select count(*) from accounts") { try $0.integer(0) }
        }
        #expect(count == 21)
        await scratch.close()
    }

    @Test("a reference left open to the end fails its own body")
    func deferredReference() async throws {
        let migration = Migration(
            module: "deferred", number: 1, name: "children",
            sql: """
                create table parents (id {int64} primary key) {strict};
                create table children (
                    parent {int64} not null references parents (id) deferrable initially deferred
                ) {strict};
                """)
        let scratch = try Scratch(migrations: [migration], limits: .patient)
        let results = try await scratch.database.writeTogether([
            { transaction in
                try transaction.execute("insert into children (parent) values (1)")
                try transaction.execute("insert into parents (id) values (1)")
            },
            { try $0.execute("insert into children (parent) values (2)") },
            { try $0.execute("insert into parents (id) values (3)") },
        ])
        #expect(results.map(\.isSuccess) == [true, false, true])
        #expect(results[1].databaseError == .constraint(ConstraintViolation(kind: .foreignKey)))
        #expect(scratch.database.statistics.repeats == 0)
        await scratch.close()
    }

    @Test("reads see nothing of a transaction that is not committed", .onEveryEngine)
    func isolation() async throws {
        let scratch = try Scratch(limits: .patient)
        let database = scratch.database
        let hold = Hold()
        let held = Task {
            try await database.write { transaction in
                try Accounts.open(1, balance: 10, in: transaction)
                hold.wait()
            }
        }
        await hold.started()
        #expect(try await database.read { try Accounts.balance(1, in: $0) } == nil)
        #expect(try await database.scan { try Accounts.balance(1, in: $0) } == nil)
        hold.release()
        try await held.value
        #expect(try await database.read { try Accounts.balance(1, in: $0) } == 10)
        await scratch.close()
    }

    @Test("64 writers at once lose and double nothing", .onEveryEngine)
    func manyWriters() async throws {
        let scratch = try Scratch()
        let database = scratch.database
        try await database.write { transaction in
            for id in 0..<8 { try Accounts.open(Int64(id), balance: 1_000, in: transaction) }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<64 {
                group.addTask {
                    for step in 0..<20 {
                        let from = Int64((writer + step) % 8)
                        let to = Int64((writer + 3 * step + 1) % 8)
                        do {
                            try await database.write { transaction in
                                try Accounts.transfer("\(writer)-\(step)", from: from, to: to, 300, in: transaction)
                            }
                        } catch DatabaseError.constraint(let violation) where violation.kind == .check {
                            // Not enough there: refused, and undone whole.
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let (total, lowest, moved) = try await database.scan { transaction in
            let sums = try transaction.first("select sum(balance), min(balance) from accounts") {
                (try $0.integer(0), try $0.integer(1))
            }
            let received = try transaction.rows(
                """
                select id, balance, (select coalesce(sum(amount), 0) from entries where account = a.id)
                from accounts a
                """
            ) { (try $0.integer(1), try $0.integer(2)) }
            return (sums?.0, sums?.1, received.map(\.1).reduce(0, +))
        }
        #expect(total == 8_000)
        #expect(try #require(lowest) >= 0)
        #expect(moved % 300 == 0 && moved > 0)
        if TestEngine.current == .sqlite { #expect(database.statistics.commits < database.statistics.bodies) }
        await scratch.close()
    }

    @Test("cancelling the caller does not withdraw a queued write", .onEveryEngine)
    func cancellation() async throws {
        var limits = DatabaseLimits.patient
        // With more writers nothing would have to wait for the one that is held.
        limits.writerCount = 1
        let scratch = try Scratch(limits: limits)
        let database = scratch.database
        let hold = Hold()
        let held = Task { try await database.write { _ in hold.wait() } }
        await hold.started()
        let cancelled = Task { try await database.write { try Accounts.open(1, balance: 7, in: $0) } }
        while database.statistics.waitingWrites < 1 { await Task.yield() }
        cancelled.cancel()
        hold.release()
        try await held.value
        try await cancelled.value
        #expect(try await database.read { try Accounts.balance(1, in: $0) } == 7)
        await scratch.close()
    }

    @Test("calls that wait are bounded; the one too many is refused at once", arguments: [3])
    func overload(bound: Int) async throws {
        var limits = DatabaseLimits.patient
        limits.waitingCount = bound
        let scratch = try Scratch(limits: limits)
        let database = scratch.database
        let hold = Hold()
        let held = Task { try await database.write { _ in hold.wait() } }
        await hold.started()
        var waiting: [Task<Void, any Error>] = []
        for _ in 0..<bound {
            waiting.append(Task { try await database.write { _ in } })
            while database.statistics.waitingWrites < waiting.count { await Task.yield() }
        }
        await #expect(throws: DatabaseError.overloaded) { try await database.write { _ in } }
        hold.release()
        try await held.value
        for task in waiting { try await task.value }
        await scratch.close()
    }
}
