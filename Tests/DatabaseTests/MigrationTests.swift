import Database
import DatabaseFixtures
import Testing

@Suite("Migrations", .onEveryEngine)
struct MigrationTests {
    private static let first = Migration(
        module: "notes", number: 1, name: "notes",
        sql: "create table notes (id {identity}, body {text} not null) {strict};")
    private static let second = Migration(
        module: "notes", number: 2, name: "colours", sql: "alter table notes add column colour {text};")
    private static let third = Migration(
        module: "notes", number: 3, name: "index", sql: "create index notes_colour on notes (colour);")
    private static let other = Migration(
        module: "pages", number: 1, name: "pages",
        sql: "create table pages (note {int64} not null references notes (id)) {strict};")

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Opens the file with these lists, writes a note, and closes it.
    private func open(_ modules: [Migration]...) async throws {
        let plan = try MigrationPlan(modules.flatMap { $0 })
        let database = try Database(TestPlace.location(of: folder.file("m.db")), migrations: plan)
        try await database.write { try $0.execute("insert into notes (body) values ('n')") }
        await database.close()
    }

    private func notes(_ plan: [Migration]) async throws -> Int64? {
        let database = try Database(
            TestPlace.location(of: folder.file("m.db")), migrations: MigrationPlan(plan))
        let count = try await database.read { transaction in
            try transaction.first("select count(*) from notes") { try $0.integer(0) }
        }
        await database.close()
        return count
    }

    @Test("each is applied once, and later ones are added to a file that has data")
    func forward() async throws {
        try await open([Self.first])
        try await open([Self.first])
        try await open([Self.first, Self.second, Self.third])
        #expect(try await notes([Self.first, Self.second, Self.third]) == 3)
    }

    @Test("a module may get a further one after another module's came later")
    func interleaved() async throws {
        try await open([Self.first], [Self.other])
        try await open([Self.first, Self.second], [Self.other])
        #expect(try await notes([Self.first, Self.second, Self.other]) == 2)
    }

    @Test("an edited one stops the start, by name")
    func changed() async throws {
        try await open([Self.first])
        let edited = Migration(module: "notes", number: 1, name: "notes", sql: Self.first.sql + " ")
        let error = await #expect(throws: MigrationError.changed("notes 1 (notes)")) { try await open([edited]) }
        #expect(error?.description.contains("migration notes 1 (notes) differs") == true)
    }

    @Test("a file of a newer build stops the start, by name")
    func newer() async throws {
        try await open([Self.first, Self.second])
        await #expect(throws: MigrationError.newerDatabase(module: "notes", number: 2, name: "colours")) {
            try await open([Self.first])
        }
        #expect(try await notes([Self.first, Self.second]) == 1, "nothing was touched")
    }

    @Test("a hole in what was applied stops the start, by name")
    func gap() async throws {
        try await open([Self.first, Self.second, Self.third])
        let path = folder.file("m.db")
        let sql = "delete from schema_migrations where number = 2"
        switch TestEngine.current {
        case .sqlite: try PlainSQLite.run(path, sql)
        case .postgresql: try TestPlace.schema(of: path).run(sql)
        }
        await #expect(throws: MigrationError.gap("notes 2 (colours)")) {
            try await open([Self.first, Self.second, Self.third])
        }
    }

    @Test("one that fails is undone whole; those before it stay")
    func failing() async throws {
        let failing = Migration(
            module: "notes", number: 2, name: "half",
            sql: "create table half (id {int64}) {strict}; insert into nowhere values (1);")
        await #expect {
            try await open([Self.first, failing])
        } throws: { error in
            guard case MigrationError.failed("notes 2 (half)", _) = error else { return false }
            return true
        }
        let mended = Migration(
            module: "notes", number: 2, name: "half", sql: "create table half (id {int64}) {strict};")
        try await open([Self.first, mended])
    }

    @Test("numbers run 1, 2, 3 in each module", arguments: [[2], [1, 3], [1, 1], [1, 2, 2], [0]])
    func numbering(numbers: [Int]) {
        let migrations = numbers.map { Migration(module: "m", number: $0, name: "n", sql: "select 1;") }
        #expect(throws: MigrationError.self) { try MigrationPlan(migrations) }
    }

    @Test(
        "an unknown or open token is refused",
        arguments: [
            "{int32}", "{", "{int64", "{}", "{append_only}", "{append_only }", "{append_only A;b}", "{ text }",
            "{announce t}", "{announce t k}", "{announce t k C}", "{announce t k c d}",
        ])
    func tokens(token: String) {
        let migration = Migration(module: "m", number: 1, name: "n", sql: "create table t (a \(token)")
        for engine in DatabaseEngine.allCases {
            #expect(throws: MigrationError.self) { try migration.rendered(for: engine) }
        }
    }

    @Test("the rendered text makes the same schema as the migrations do", .onFile)
    func renderedSchema() async throws {
        try await open([Self.first, Self.second], [Self.other])
        let text = try RenderedSchema(MigrationPlan([Self.first, Self.second], [Self.other]), for: .sqlite).text
        try PlainSQLite.run(folder.file("rendered.db"), text)
        for query in ["select sql from sqlite_schema order by name", "select * from schema_migrations"] {
            let ours = try PlainSQLite.run(folder.file("m.db"), query)
            #expect(try PlainSQLite.run(folder.file("rendered.db"), query) == ours)
            #expect(!ours.isEmpty)
        }
    }
}
