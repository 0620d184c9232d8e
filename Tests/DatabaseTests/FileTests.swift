import Database
import Foundation
import Testing

@Suite("The file")
struct FileTests {
    @Test("the database and its companions are for their owner's eyes alone")
    func modes() async throws {
        let folder = try TemporaryFolder()
        // One that was made too open is closed up.
        #expect(
            FileManager.default.createFile(
                atPath: folder.file("a.db"), contents: nil, attributes: [.posixPermissions: 0o644]))
        let database = try Database(path: folder.file("a.db"), migrations: MigrationPlan(Accounts.migrations))
        try await database.write { try Accounts.open(1, balance: 1, in: $0) }
        for name in ["a.db", "a.db-wal", "a.db-shm", "a.db.lock"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.file(name))
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
        await database.close()
    }

    @Test("settings that safety rests on are in force")
    func settings() async throws {
        let scratch = try Scratch()
        let path = scratch.folder.file("test.db")
        try await scratch.database.write { try Accounts.open(1, balance: 1, in: $0) }
        #expect(try PlainSQLite.run(path, "pragma journal_mode") == ["wal"])
        let strict = try PlainSQLite.run(
            path, "select count(*) from pragma_table_list where schema = 'main' and strict = 1")
        #expect(strict == ["3"])
        await #expect(throws: DatabaseError.self) {
            try await scratch.database.write {
                _ = try $0.execute("insert into accounts (id, balance) values (2, 'x')")
            }
        }
        await scratch.close()
    }

    @Test("what is deleted is overwritten")
    func secureDelete() async throws {
        let scratch = try Scratch()
        let secret = "a-secret-that-must-not-linger"
        try await scratch.database.write { transaction in
            try Accounts.open(1, balance: 1, in: transaction)
            try transaction.execute(
                "insert into entries (operation, account, amount, note) values ('o', 1, 1, $1)",
                [.blob(Array(secret.utf8))])
        }
        try await scratch.database.write { try $0.execute("delete from entries") }
        let folder = scratch.folder
        await scratch.close()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.file("test.db")))
        #expect(bytes.range(of: Data(secret.utf8)) == nil)
    }

    @Test("a second process cannot open it; once the first is gone it can")
    func lock() async throws {
        let scratch = try Scratch()
        let path = scratch.folder.file("test.db")
        await #expect(processExitsWith: .success) { [path = path as String] in
            #expect(throws: DatabaseError.busy) {
                try Database(path: path, migrations: MigrationPlan(Accounts.migrations))
            }
        }
        await scratch.close()
        await #expect(processExitsWith: .success) { [path = path as String] in
            let database = try Database(path: path, migrations: MigrationPlan(Accounts.migrations))
            await database.close()
        }
    }

    @Test("while another program holds the file writes are refused after the wait, and reads go on")
    func heldByAnother() async throws {
        var limits = DatabaseLimits()
        limits.busyMilliseconds = 20
        let scratch = try Scratch(limits: limits)
        let database = scratch.database
        try await database.write { try Accounts.open(1, balance: 1, in: $0) }
        let other = try PlainSQLite(scratch.folder.file("test.db"))
        try other.run("begin immediate")
        await #expect(throws: DatabaseError.busy) {
            try await database.write { try Accounts.open(2, balance: 2, in: $0) }
        }
        #expect(try await database.read { try Accounts.balance(1, in: $0) } == 1)
        try other.run("commit")
        try await database.write { try Accounts.open(2, balance: 2, in: $0) }
        #expect(try await database.read { try Accounts.balance(2, in: $0) } == 2)
        await scratch.close()
    }

    @Test("one that is dropped without close ends its threads and lets go of the file", .timeLimit(.minutes(1)))
    func dropped() async throws {
        let folder = try TemporaryFolder()
        let plan = try MigrationPlan(Accounts.migrations)
        func use() async throws {
            let database = try Database(path: folder.file("a.db"), migrations: plan)
            try await database.write { try Accounts.open(1, balance: 5, in: $0) }
        }
        try await use()
        var reopened: Database?
        while reopened == nil {
            do { reopened = try Database(path: folder.file("a.db"), migrations: plan) } catch DatabaseError.busy {}
            await Task.yield()
        }
        let database = try #require(reopened)
        #expect(try await database.read { try Accounts.balance(1, in: $0) } == 5)
        await database.close()
    }

    @Test("a file that is no database, or another program's, is refused and left as it was")
    func foreign() throws {
        let folder = try TemporaryFolder()
        let plan = try MigrationPlan(Accounts.migrations)
        let letter = Data(String(repeating: "Dear reader, this is no database. ", count: 100).utf8)
        try letter.write(to: URL(fileURLWithPath: folder.file("letter")))
        #expect(throws: DatabaseError.corrupt) { try Database(path: folder.file("letter"), migrations: plan) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("letter"))) == letter)
        try PlainSQLite.run(folder.file("other"), "create table songs (title); pragma application_id = 7")
        #expect(throws: DatabaseError.corrupt) { try Database(path: folder.file("other"), migrations: plan) }
        #expect(try PlainSQLite.run(folder.file("other"), "select name from sqlite_schema") == ["songs"])
    }

    @Test("a folder that is not there is an error, not a crash")
    func missingFolder() throws {
        let plan = try MigrationPlan(Accounts.migrations)
        #expect(throws: DatabaseError.inputOutput(code: ENOENT)) {
            try Database(path: "/nonexistent/folder/a.db", migrations: plan)
        }
    }

    @Test("the integrity check finds a damaged page and a reference that leads nowhere")
    func integrity() async throws {
        let folder = try TemporaryFolder()
        let plan = try MigrationPlan(Accounts.migrations)
        let database = try Database(path: folder.file("a.db"), migrations: plan)
        try await database.write { transaction in
            for id in 0..<2_000 { try Accounts.open(Int64(id), balance: 1, in: transaction) }
        }
        #expect(try await database.integrityCheck() == [])
        await database.close()
        try PlainSQLite.run(
            folder.file("a.db"),
            "pragma foreign_keys = off; insert into entries (operation, account, amount) values ('o', 9999, 1)")
        let dangling = try Database(path: folder.file("a.db"), migrations: plan)
        #expect(try await dangling.integrityCheck() == ["entries refers to a row of accounts that is not there"])
        await dangling.close()
        let file = try #require(FileHandle(forUpdatingAtPath: folder.file("a.db")))
        let length = try file.seekToEnd()
        try file.seek(toOffset: length - 4_096 + 8)
        try file.write(contentsOf: Data(repeating: 0xFF, count: 512))
        try file.close()
        let damaged = try Database(path: folder.file("a.db"), migrations: plan)
        #expect(try await damaged.integrityCheck() != [])
        await damaged.close()
    }
}
