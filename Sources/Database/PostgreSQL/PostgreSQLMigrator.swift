/// Brings a server's schema forward. Of several nodes that start at once one does it, the others wait.
struct PostgreSQLMigrator {
    /// The lock that whoever migrates holds, "SEAL" as a number.
    private static let lock: Int64 = 0x5345_414C

    private let connection: PostgreSQLConnection
    private let limitMilliseconds: Int

    /// Connects to `url`. Throws `DatabaseError`.
    init(url: String, limits: DatabaseLimits) throws(DatabaseError) {
        limitMilliseconds = limits.scanMilliseconds
        do throws(PostgreSQLFault) {
            var patient = limits
            // Behind a node that migrates a large table.
            patient.lockMilliseconds = limits.scanMilliseconds
            connection = try PostgreSQLConnection(url: url, limitMilliseconds: limits.scanMilliseconds, limits: patient)
        } catch {
            throw error.error
        }
    }

    /// Applies what `plan` has and the server lacks, each migration in a transaction of its own.
    func bringForward(to plan: MigrationPlan) throws {
        defer { connection.link.close() }
        try script("select pg_advisory_lock(\(Self.lock));")
        try script(RenderedSchema.foundation(for: .postgresql))
        let applied = try journal()
        for migration in try plan.missing(from: applied, for: .postgresql) {
            let record = try RenderedSchema.record(migration, for: .postgresql)
            do throws(DatabaseError) {
                try script("begin;\n\(try Self.text(of: migration))\n\(record)\ncommit;")
            } catch {
                try? script("rollback;")
                throw MigrationError.failed("\(migration)", reason: "\(error)")
            }
        }
    }

    private static func text(of migration: Migration) throws(DatabaseError) -> String {
        do throws(MigrationError) {
            return try migration.rendered(for: .postgresql)
        } catch {
            throw .misuse("\(error)")
        }
    }

    private func journal() throws -> [AppliedMigration] {
        connection.begin(.reading)
        defer { connection.endTransaction() }
        return try connection.rows(AppliedMigration.query, []) { try AppliedMigration(row: $0) }
    }

    private func script(_ sql: String) throws(DatabaseError) {
        do throws(PostgreSQLFault) {
            try connection.link.script(sql, milliseconds: limitMilliseconds)
        } catch {
            throw error.error
        }
    }
}
