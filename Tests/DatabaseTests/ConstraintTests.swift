import Database
import DatabaseFixtures
import Testing

@Suite("Broken rules of the schema", .onEveryEngine)
struct ConstraintTests {
    private static let migrations =
        Accounts.migrations + [
            Migration(
                module: "accounts", number: 2, name: "more rules",
                sql: """
                    create table pairs (a {int64} not null, b {text}, unique (a, b)) {strict};
                    create unique index pairs_lower on pairs (lower(b)) where a > 1;
                    create table facts (
                        id {int64} primary key, value {int64} not null constraint not_seven check (value <> 7)
                    ) {strict};
                    {append_only facts}
                    """)
        ]

    @Test(
        "the kind, the place and the name are told",
        arguments: [
            (
                "insert into accounts (id, balance) values (1, 5)",
                ConstraintViolation(kind: .unique, table: "accounts", columns: ["id"])
            ),
            (
                "insert into pairs (a, b) values (1, 'x')",
                ConstraintViolation(kind: .unique, table: "pairs", columns: ["a", "b"])
            ),
            ("insert into pairs (a, b) values (3, 'Y')", ConstraintViolation(kind: .unique, name: "pairs_lower")),
            (
                "insert into accounts (id, balance) values (2, -1)",
                ConstraintViolation(kind: .check, name: "balance_not_negative")
            ),
            (
                "insert into accounts (id, balance) values (2, null)",
                ConstraintViolation(kind: .notNull, table: "accounts", columns: ["balance"])
            ),
            (
                "insert into entries (operation, account, amount) values ('o', 99, 1)",
                ConstraintViolation(kind: .foreignKey)
            ),
            ("update facts set value = 2", ConstraintViolation(kind: .other, name: "facts is append-only")),
            ("delete from facts", ConstraintViolation(kind: .other, name: "facts is append-only")),
            ("insert into facts (id, value) values (2, 7)", ConstraintViolation(kind: .check, name: "not_seven")),
        ])
    func kinds(sql: String, violation: ConstraintViolation) async throws {
        let scratch = try Scratch(migrations: Self.migrations)
        try await scratch.database.write { transaction in
            try Accounts.open(1, balance: 1, in: transaction)
            try transaction.execute("insert into pairs (a, b) values (1, 'x'), (2, 'y')")
            try transaction.execute("insert into facts (id, value) values (1, 1)")
        }
        await #expect(throws: DatabaseError.constraint(violation)) {
            try await scratch.database.write { try $0.execute(sql) }
        }
        await scratch.close()
    }

    @Test("no message repeats a parameter")
    func noParameters() async throws {
        let secret = "sk-ant-secret"
        let statements = [
            "insert into entries (operation, account, amount) values ($1, 1, 1)",
            "insert into accounts (id, balance) values ($1, 1)",
            "insert into nowhere (id) values ($1)",
            "select abs($1, $1)",
            "insert into entries (operation) values ($1)",
        ]
        let scratch = try Scratch()
        for sql in statements {
            let error = await #expect(throws: DatabaseError.self) {
                try await scratch.database.write { try $0.execute(sql, [.text(secret)]) }
            }
            #expect(error?.description.contains("secret") == false)
        }
        await scratch.close()
    }
}
