/// Brings a file's schema forward.
struct SQLiteMigrator {
    /// A migration that the file has.
    private struct Applied {
        let module: String
        let number: Int
        let name: String
        let checksum: Int64
    }

    private let connection: SQLiteConnection

    /// Works through `connection`, which must be the writing one.
    init(connection: SQLiteConnection) {
        self.connection = connection
    }

    /// Applies what `plan` has and the file lacks, each migration in a transaction of its own. Throws `MigrationError`.
    func bringForward(to plan: MigrationPlan) throws {
        try connection.script(try RenderedSchema.journal.rendered(for: .sqlite))
        let applied = try connection.rows(
            "select module, number, name, checksum from schema_migrations order by module, number", []
        ) { row in
            Applied(
                module: try row.text(0), number: Int(try row.integer(1)), name: try row.text(2),
                checksum: try row.integer(3))
        }
        for migration in try Self.missing(from: applied, of: plan) {
            try apply(migration)
        }
    }

    private static func missing(from applied: [Applied], of plan: MigrationPlan) throws(MigrationError) -> [Migration] {
        for known in applied {
            let migration = plan.migrations.first { $0.module == known.module && $0.number == known.number }
            guard let migration else {
                throw .newerDatabase(module: known.module, number: known.number, name: known.name)
            }
            guard try migration.checksum(for: .sqlite) == known.checksum else { throw .changed("\(migration)") }
        }
        let missing = plan.migrations.filter { migration in
            !applied.contains { $0.module == migration.module && $0.number == migration.number }
        }
        for migration in missing
        where applied.contains(where: { $0.module == migration.module && $0.number > migration.number }) {
            throw .gap("\(migration)")
        }
        return missing
    }

    private func apply(_ migration: Migration) throws(MigrationError) {
        let text = try migration.rendered(for: .sqlite)
        let record = try RenderedSchema.record(migration, for: .sqlite)
        do throws(DatabaseError) {
            try connection.script("begin immediate")
            try connection.script(text)
            try connection.script(record)
            try connection.script("commit")
        } catch {
            if !connection.isAutocommit { try? connection.script("rollback") }
            throw .failed("\(migration)", reason: "\(error)")
        }
    }
}
