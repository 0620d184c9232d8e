/// Brings a file's schema forward.
struct SQLiteMigrator {
    private let connection: SQLiteConnection

    /// Works through `connection`, which must be the writing one.
    init(connection: SQLiteConnection) {
        self.connection = connection
    }

    /// Applies what `plan` has and the file lacks, each migration in a transaction of its own. Throws `MigrationError`.
    func bringForward(to plan: MigrationPlan) throws {
        try connection.script(try RenderedSchema.foundation(for: .sqlite))
        let applied = try connection.rows(AppliedMigration.query, []) { try AppliedMigration(row: $0) }
        for migration in try plan.missing(from: applied, for: .sqlite) {
            try apply(migration)
        }
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
