import Testing

@testable import Database
import DatabaseFixtures

@Suite("Numbered parameters", .onEveryEngine)
struct ParameterTests {
    @Test(
        "numbers mean positions, and nothing else in the text is touched",
        arguments: [
            ("select $1", "select ?1", 1),
            ("select $2, $1", "select ?2, ?1", 2),
            ("select $1+$1,$3", "select ?1+?1,?3", 3),
            ("select $10", "select ?10", 10),
            ("select '$1', $1", "select '$1', ?1", 1),
            ("select 'it''s $2', $1", "select 'it''s $2', ?1", 1),
            ("select ''''||$1||'$2'", "select ''''||?1||'$2'", 1),
            ("select \"$1\", \"a\"\"$2\", $1", "select \"$1\", \"a\"\"$2\", ?1", 1),
            ("select `$1`, [$2 '], $1", "select `$1`, [$2 '], ?1", 1),
            ("select a$1 from t", "select a$1 from t", 0),
            ("select é$1, $1 from t", "select é$1, ?1 from t", 1),
            ("select 1 -- costs $5\n, $1", "select 1 -- costs $5\n, ?1", 1),
            ("select 1 /* '$5 */, $1 /* $6", "select 1 /* '$5 */, ?1 /* $6", 1),
            ("select $1-$2/$3", "select ?1-?2/?3", 3),
            ("select x'24', 1e5, $1", "select x'24', 1e5, ?1", 1),
            ("select 'open $1", "select 'open $1", 0),
            ("", "", 0),
            ("select $999", "select ?999", 999),
        ])
    func rewriting(sql: String, wanted: String, highest: Int) throws {
        let numbered = try ParameterNumbering(sql)
        #expect(String(decoding: numbered.text, as: UTF8.self) == wanted)
        #expect(numbered.highest == highest)
    }

    @Test(
        "other ways to write a parameter are refused",
        arguments: [
            "select ?", "select ?1", "select :name", "select @name", "select #1", "select $name", "select $",
            "select $0", "select $01", "select $1a", "select $1$2", "select $$text$$", "select 1::text",
        ])
    func refused(sql: String) {
        #expect(throws: ParameterNumbering.Failure.notNumbered) { try ParameterNumbering(sql) }
    }

    @Test("a number beyond the limit is refused", arguments: ["$1000", "$99999999999999999999999999"])
    func tooMany(parameter: String) {
        #expect(throws: ParameterNumbering.Failure.tooMany) { try ParameterNumbering("select " + parameter) }
    }

    @Test("the first word is found behind comments and blanks")
    func keyword() throws {
        #expect(try ParameterNumbering("  -- commit\n/* begin */ SELECT 1").keyword == "select")
        #expect(try ParameterNumbering("").keyword == "")
    }

    @Test("values reach their places: reordered, repeated, skipped")
    func binding() async throws {
        let scratch = try Scratch()
        let database = scratch.database
        let reordered = try await Self.texts("select $2, $1", ["a", "b"], database)
        #expect(reordered == ["b", "a"])
        let repeated = try await Self.texts("select $1, $2, $1, $2, $1", ["a", "b"], database)
        #expect(repeated == ["a", "b", "a", "b", "a"])
        let skipped = try await Self.texts("select $3, $1", ["a", "b", "c"], database)
        #expect(skipped == ["c", "a"])
        let many = (1...12).map { SQLValue.text("v\($0)") }
        let tens = try await Self.texts("select $11, $1, $12, $10, $2", many, database)
        #expect(tens == ["v11", "v1", "v12", "v10", "v2"])
        let literal = try await Self.texts("select '$1 costs $2', $1 -- $3", ["a"], database)
        #expect(literal == ["$1 costs $2", "a"])
        await scratch.close()
    }

    @Test("the same text twice binds afresh: nothing is left of the last values")
    func rebinding() async throws {
        let scratch = try Scratch()
        for value in ["a", "b"] {
            let texts = try await Self.texts("select $1", [.text(value)], scratch.database)
            #expect(texts == [value])
        }
        await scratch.close()
    }

    @Test("too few and too many values are refused", arguments: [0, 1, 3])
    func counts(count: Int) async throws {
        let scratch = try Scratch()
        let values = Array(repeating: SQLValue.integer(1), count: count)
        await #expect(throws: DatabaseError.misuse("\(count) values for 2 parameters")) {
            try await Self.texts("select $1, $2", values, scratch.database)
        }
        await scratch.close()
    }

    private static func texts(_ sql: String, _ values: [SQLValue], _ database: Database) async throws -> [String]? {
        try await database.read { transaction in
            try transaction.first(sql, values) { row in
                try (0..<row.columnCount).map { column in try row.text(column) }
            }
        }
    }
}
