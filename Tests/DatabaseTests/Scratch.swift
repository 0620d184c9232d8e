import Database
import DatabaseFixtures

/// A database in a folder of its own, on the running test's engine. A test ends with `close()`, which keeps the folder
/// until then.
struct Scratch {
    let folder: TemporaryFolder
    let database: Database

    init(
        migrations: [Migration] = Accounts.migrations, limits: DatabaseLimits? = nil, vfs: String? = nil
    ) throws {
        folder = try TemporaryFolder()
        let plan = try MigrationPlan(migrations)
        let path = folder.file("test.db")
        if let vfs {
            database = try Database(path: path, migrations: plan, limits: limits ?? DatabaseLimits(), vfs: vfs)
        } else {
            database = try Database(TestPlace.location(of: path), migrations: plan, limits: limits)
        }
    }

    func close() async {
        await database.close()
        withExtendedLifetime(folder) {}
    }
}
