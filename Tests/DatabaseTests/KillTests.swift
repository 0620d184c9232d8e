import Database
import Foundation
import Testing

@Suite("Sudden death")
struct KillTests {
    private static let writers = 8

    @Test("kill -9 among writes keeps every acknowledged one, once", arguments: 1...4)
    func kill(round: Int) async throws {
        let folder = try TemporaryFolder()
        let path = folder.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, round = round as Int] in
            try await KillTests.writeUntilKilled(in: path, after: 40 * round + 7)
        }
        let acknowledged = try String(contentsOfFile: path + "/acknowledged", encoding: .utf8)
            .split(separator: "\n").map(String.init)
        let database = try Database(path: path + "/test.db", migrations: MigrationPlan(Accounts.migrations))
        let operations = try await database.read { try Accounts.operations(in: $0) }
        #expect(acknowledged.count >= 40 * round + 7)
        #expect(Set(acknowledged).subtracting(operations) == [])
        #expect(Set(operations).count == operations.count)
        // At most one write of each writer was committed and not yet acknowledged.
        #expect(operations.count - acknowledged.count <= Self.writers)
        let balances = try await database.read { transaction in
            try transaction.rows("select balance from accounts order by id") { try $0.integer(0) }
        }
        #expect(balances == [1_000_000 - Int64(operations.count), Int64(operations.count)])
        #expect(try await database.integrityCheck() == [])
        await database.close()
    }

    /// Transfers from eight tasks, noting each acknowledged one in a file, until so many are noted; then dies, while
    /// the others are somewhere between the queue and their answer.
    private static func writeUntilKilled(in folder: String, after count: Int) async throws {
        let database = try Database(path: folder + "/test.db", migrations: MigrationPlan(Accounts.migrations))
        try await database.write { transaction in
            try Accounts.open(1, balance: 1_000_000, in: transaction)
            try Accounts.open(2, balance: 0, in: transaction)
        }
        let notes = open(folder + "/acknowledged", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        let noted = Counter()
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<writers {
                group.addTask {
                    for step in 0..<1_000_000 {
                        let operation = "\(writer)-\(step)"
                        try? await database.write { transaction in
                            try Accounts.transfer(operation, from: 1, to: 2, 1, in: transaction)
                        }
                        let line = Array((operation + "\n").utf8)
                        write(notes, line, line.count)
                        if noted.next() >= count { raise(SIGKILL) }
                    }
                }
            }
        }
    }
}
