import CSQLite
import Testing

@testable import Database

@Suite("Statements")
struct StatementTests {
    @Test("a text is compiled once, however often it runs")
    func reuse() throws {
        let connection = try Self.connection(capacity: 4)
        for value in 0..<10 {
            let read = try connection.first("select $1", [.integer(Int64(value))]) { try $0.integer(0) }
            #expect(read == Int64(value))
        }
        #expect(connection.cache.compilations == 1)
        #expect(connection.cache.count == 1)
    }

    @Test("beyond its capacity the cache forgets what was not used for longest")
    func eviction() throws {
        let connection = try Self.connection(capacity: 2)
        func run(_ sql: String) throws { _ = try connection.rows(sql, []) { try $0.integer(0) } }
        for sql in ["select 1", "select 2", "select 1", "select 3"] { try run(sql) }
        #expect(connection.cache.count == 2)
        #expect(connection.cache.compilations == 3)
        try run("select 1")
        #expect(connection.cache.compilations == 3, "used last but one, so kept")
        try run("select 2")
        #expect(connection.cache.compilations == 4, "unused for longest, so compiled again")
    }

    @Test("a query may run inside its own rows")
    func nesting() throws {
        let connection = try Self.connection(capacity: 2)
        let sql = "select value from (select 1 as value union all select 2) where value <> $1 order by value"
        let nested = try connection.rows(sql, [0]) { outer in
            let first = try outer.integer(0)
            return (first, try connection.rows(sql, [.integer(first)]) { try $0.integer(0) })
        }
        #expect(nested.map(\.0) == [1, 2])
        #expect(nested.map(\.1) == [[2], [1]])
    }

    @Test("a thrown error in the middle of the rows leaves the statement usable")
    func interrupted() throws {
        struct Enough: Error {}
        let connection = try Self.connection(capacity: 2)
        let sql = "select 1 union all select 2"
        #expect(throws: Enough.self) { try connection.rows(sql, []) { _ in throw Enough() } }
        #expect(try connection.rows(sql, []) { try $0.integer(0) } == [1, 2])
        #expect(connection.cache.compilations == 1)
    }

    @Test(
        "bodies cannot reach beyond their share of the transaction",
        arguments: [
            "commit", "COMMIT", "rollback", "begin", "savepoint body", "release body", "rollback to body",
            "pragma synchronous = off", "attach 'other.db' as other", "vacuum", "create table t (a)",
            "drop table accounts", "-- select\ncommit", "explain select 1", "",
        ])
    func forbidden(sql: String) async throws {
        let scratch = try Scratch()
        await #expect(throws: DatabaseError.self) {
            try await scratch.database.write { transaction in
                try Accounts.open(1, balance: 1, in: transaction)
                try transaction.execute(sql)
            }
        }
        #expect(try await scratch.database.read { try Accounts.balance(1, in: $0) } == nil)
        await scratch.close()
    }

    @Test("exactly one statement", arguments: ["select 1; select 2", "delete from entries; commit"])
    func several(sql: String) async throws {
        let scratch = try Scratch()
        await #expect(throws: DatabaseError.misuse("more than one statement")) {
            try await scratch.database.write { try $0.execute(sql) }
        }
        await scratch.close()
    }

    @Test("a closing semicolon and a comment behind it are no second statement")
    func semicolon() throws {
        let connection = try Self.connection(capacity: 2)
        #expect(try connection.rows("select 1 ;\n", []) { try $0.integer(0) } == [1])
    }

    @Test("a name in double quotes that is no column is an error, not text, as on PostgreSQL")
    func quotedName() throws {
        let connection = try Self.connection(capacity: 2)
        #expect(throws: DatabaseError.self) { try connection.rows("select \"nothing\"", []) { try $0.text(0) } }
    }

    @Test("readers cannot write")
    func readOnly() async throws {
        let scratch = try Scratch()
        let sql = "insert into accounts (id, balance) values (1, 1) returning id"
        await #expect(throws: DatabaseError.self) {
            try await scratch.database.read { transaction in
                try transaction.rows(sql) { try $0.integer(0) }
            }
        }
        await scratch.close()
    }

    @Test("text with NUL is refused: PostgreSQL could not store it")
    func nul() throws {
        let connection = try Self.connection(capacity: 2)
        #expect(throws: DatabaseError.misuse("text with NUL")) {
            try connection.rows("select $1", ["a\0b"]) { try $0.text(0) }
        }
    }

    @Test("a column of another type is an error, not a guess")
    func types() throws {
        let connection = try Self.connection(capacity: 2)
        let error = DatabaseError.unexpectedValue(column: 0, wanted: "integer")
        #expect(throws: error) { try connection.rows("select 'a'", []) { try $0.integer(0) } }
        #expect(throws: error) { try connection.rows("select null", []) { try $0.optionalInteger(0) ?? $0.integer(0) } }
        #expect(throws: DatabaseError.self) { try connection.rows("select 1", []) { try $0.text(0) } }
        #expect(throws: DatabaseError.self) { try connection.rows("select 1", []) { try $0.blob(0) } }
        #expect(throws: DatabaseError.self) { try connection.rows("select 2", []) { try $0.bool(0) } }
        #expect(throws: DatabaseError.self) { try connection.rows("select cast(x'ff' as text)", []) { try $0.text(0) } }
        #expect(throws: DatabaseError.self) { try connection.rows("select 1", []) { try $0.integer(1) } }
        #expect(throws: DatabaseError.self) { try connection.rows("select 1", []) { try $0.integer(-1) } }
    }

    private static func connection(capacity: Int) throws -> SQLiteConnection {
        try SQLiteConnection(
            path: ":memory:", flags: SQLITE_OPEN_READWRITE, statementCapacity: capacity, busyMilliseconds: 0)
    }
}
