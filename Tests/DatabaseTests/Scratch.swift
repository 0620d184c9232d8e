import Database

/// A database in a folder of its own. A test ends with `close()`, which keeps the folder until then.
struct Scratch {
    let folder: TemporaryFolder
    let database: Database

    init(
        migrations: [Migration] = Accounts.migrations, limits: DatabaseLimits = DatabaseLimits(), vfs: String? = nil
    ) throws {
        folder = try TemporaryFolder()
        database = try Database(
            path: folder.file("test.db"), migrations: MigrationPlan(migrations), limits: limits, vfs: vfs)
    }

    func close() async {
        await database.close()
        withExtendedLifetime(folder) {}
    }
}
