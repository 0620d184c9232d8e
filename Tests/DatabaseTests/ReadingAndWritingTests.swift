import Database
import DatabaseFixtures
import Primitives
import Testing

@Suite("Reading and writing", .onEveryEngine)
struct ReadingAndWritingTests {
    @Test("what a write returned is what a read sees")
    func roundTrip() async throws {
        let scratch = try Scratch()
        let database = scratch.database
        let changed = try await database.write { transaction in
            try Accounts.open(1, balance: 100, in: transaction)
            return try transaction.execute("update accounts set balance = balance + 1", [])
        }
        #expect(changed == 1)
        #expect(try await database.read { try Accounts.balance(1, in: $0) } == 101)
        #expect(try await database.scan { try Accounts.balance(1, in: $0) } == 101)
        #expect(try await database.read { try Accounts.balance(2, in: $0) } == nil)
        await scratch.close()
    }

    @Test("every kind of value comes back as it went in")
    func values() async throws {
        let scratch = try Scratch()
        let database = scratch.database
        let every: [UInt8] = Array(0...255)
        try await database.read { transaction in
            try transaction.first(
                "select $1, $2, $3, $4, $5, $6, $7",
                [.integer(.min), "Zürich 🗝", .blob(every), nil, .blob([]), "", .bool(true)]
            ) { row throws in
                #expect(row.columnCount == 7)
                #expect(try row.integer(0) == .min)
                #expect(try row.text(1) == "Zürich 🗝")
                #expect(try row.blob(2) == every)
                #expect(try row.isNull(3))
                #expect(try row.optionalText(3) == nil)
                #expect(try row.blob(4) == [])
                #expect(try row.text(5) == "")
                #expect(try row.bool(6))
            }
        }
        await scratch.close()
    }

    @Test("an identity is returned by the insert and never used twice")
    func identity() async throws {
        let scratch = try Scratch()
        let database = scratch.database
        try await database.write { try Accounts.open(1, balance: 0, in: $0) }
        let insert = "insert into entries (operation, account, amount) values ($1, 1, 0) returning id"
        let first = try await database.write { try $0.first(insert, ["a"]) { try $0.integer(0) } }
        try await database.write { try $0.execute("delete from entries", []) }
        let second = try await database.write { try $0.first(insert, ["b"]) { try $0.integer(0) } }
        #expect(first == 1)
        #expect(second == 2)
        await scratch.close()
    }

    @Test("a body that throws leaves nothing behind")
    func thrown() async throws {
        struct Refusal: Error {}
        let scratch = try Scratch()
        let database = scratch.database
        await #expect(throws: Refusal.self) {
            try await database.write { transaction in
                try Accounts.open(1, balance: 5, in: transaction)
                throw Refusal()
            }
        }
        #expect(try await database.read { try Accounts.balance(1, in: $0) } == nil)
        await scratch.close()
    }

    @Test("after close every call is refused, and the file can be opened again")
    func closed() async throws {
        let folder = try TemporaryFolder()
        let plan = try MigrationPlan(Accounts.migrations)
        let database = try Database(path: folder.file("a.db"), migrations: plan)
        #expect(throws: DatabaseError.busy) { try Database(path: folder.file("a.db"), migrations: plan) }
        try await database.write { try Accounts.open(1, balance: 5, in: $0) }
        await database.close()
        await #expect(throws: DatabaseError.closed) { try await database.write { _ in } }
        await #expect(throws: DatabaseError.closed) { try await database.read { _ in } }
        await #expect(throws: DatabaseError.closed) { try await database.scan { _ in } }
        let again = try Database(path: folder.file("a.db"), migrations: plan)
        #expect(try await again.read { try Accounts.balance(1, in: $0) } == 5)
        await again.close()
    }
}
