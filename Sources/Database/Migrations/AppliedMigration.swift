/// A migration that a database has.
struct AppliedMigration {
    /// All of them, as `init(row:)` reads them.
    static let query = "select module, number, name, checksum from schema_migrations order by module, number"

    let module: String
    let number: Int
    let name: String
    let checksum: Int64

    /// A row of `query`.
    init(row: borrowing Row) throws {
        module = try row.text(0)
        number = Int(try row.integer(1))
        name = try row.text(2)
        checksum = try row.integer(3)
    }
}

extension MigrationPlan {
    /// What a database lacks that has `applied`. Throws if the two do not fit together.
    func missing(
        from applied: [AppliedMigration], for engine: DatabaseEngine
    ) throws(MigrationError) -> [Migration] {
        for known in applied {
            let migration = migrations.first { $0.module == known.module && $0.number == known.number }
            guard let migration else {
                throw .newerDatabase(module: known.module, number: known.number, name: known.name)
            }
            guard try migration.checksum(for: engine) == known.checksum else { throw .changed("\(migration)") }
        }
        let missing = migrations.filter { migration in
            !applied.contains { $0.module == migration.module && $0.number == migration.number }
        }
        for migration in missing
        where applied.contains(where: { $0.module == migration.module && $0.number > migration.number }) {
            throw .gap("\(migration)")
        }
        return missing
    }
}
