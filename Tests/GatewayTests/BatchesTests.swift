import Database
import Identity
import Primitives
import Testing

@testable import Gateway

@Suite("Chores in batches")
struct BatchesTests {
    @Test("It goes on while batches come back full, and no further than its bound")
    func rounds() async throws {
        for (rows, expected, calls) in [(0, 0, 1), (9, 9, 1), (10, 10, 2), (25, 25, 3), (30, 30, 3), (99, 30, 3)] {
            var left = rows
            var asked = 0
            let removed = try await Batches(size: 10, maximum: 3).run { size in
                asked += 1
                let batch = min(left, size)
                left -= batch
                return batch
            }
            #expect((removed, asked) == (expected, calls))
        }
    }

    @Test("A backlog of used nonces is gone after one round")
    func nonces() async throws {
        let folder = try StartFolder()
        let database = try Database(path: folder.file("n.db"), migrations: MigrationPlan(IdentityMigrations.all))
        let count = 2 * Housekeeping.batches.size + 500
        try await database.write { tx in
            for number in 0..<count {
                let random = withUnsafeBytes(of: Int64(number)) { Array($0) }
                try tx.execute("insert into used_nonces (random, expires_at) values ($1, 0)", [.blob(random)])
            }
        }
        let removed = try await Housekeeping.batches.run { size in
            try await database.write {
                try UsedNonces().purge(at: Timestamp(unixSeconds: 1_763_640_000), limit: size, in: $0)
            }
        }
        #expect(removed == count)
        await database.close()
    }
}
