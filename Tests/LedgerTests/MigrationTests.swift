import Database
import DatabaseFixtures
import Testing

@testable import Ledger

@Suite("The ledger's tables", .onEveryEngine)
struct MigrationTests {
    @Test("They render for both engines, without a token left over", arguments: DatabaseEngine.allCases)
    func rendered(engine: DatabaseEngine) throws {
        for migration in LedgerMigrations.all {
            let sql = try migration.rendered(for: engine)
            #expect(!sql.contains("{"))
            #expect(migration.module == "ledger")
        }
        #expect(LedgerMigrations.all.map(\.number) == Array(1...LedgerMigrations.all.count))
    }
}
