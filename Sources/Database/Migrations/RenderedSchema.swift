/// A plan's whole schema as text for one engine: to be checked in and compared, and for `psql` in continuous
/// integration.
public struct RenderedSchema: Hashable, Sendable {
    /// Every statement, each migration in a transaction of its own with the record that it was applied.
    public let text: String

    /// The table in which applied migrations are recorded.
    static let journal = Migration(
        module: "database", number: 1, name: "journal of migrations",
        sql: """
            create table if not exists schema_migrations (
                module {text} not null,
                number {int64} not null,
                name {text} not null,
                checksum {int64} not null,
                primary key (module, number)
            ){strict};
            """)

    /// What `{append_only}` calls on PostgreSQL, where a trigger needs a function.
    private static let refuseChange = """
        create or replace function refuse_change() returns trigger language plpgsql as $$
            begin
                raise exception '% is append-only', tg_table_name using errcode = 'integrity_constraint_violation';
            end
        $$;

        """

    /// Renders `plan` for `engine`.
    public init(_ plan: MigrationPlan, for engine: DatabaseEngine) throws(MigrationError) {
        var text = "-- Generated from the migrations of all modules, for \(engine.rawValue). Do not edit.\n\n"
        text += try Self.foundation(for: engine)
        for migration in plan.migrations {
            text += "\n-- \(migration)\nbegin;\n"
            text += try Self.withNewline(migration.rendered(for: engine))
            text += try Self.record(migration, for: engine) + "\ncommit;\n"
        }
        self.text = text
    }

    /// What stands below all migrations, and does no harm where it stands already.
    static func foundation(for engine: DatabaseEngine) throws(MigrationError) -> String {
        let journal = try journal.rendered(for: engine) + "\n"
        return engine == .postgresql ? journal + refuseChange + OperationRecord.schema + ChangeFeed.schema : journal
    }

    private static func withNewline(_ text: String) -> String {
        text.hasSuffix("\n") ? text : text + "\n"
    }

    /// The statement that records `migration` as applied.
    static func record(_ migration: Migration, for engine: DatabaseEngine) throws(MigrationError) -> String {
        let checksum = try migration.checksum(for: engine)
        return """
            insert into schema_migrations (module, number, name, checksum)
                values ('\(quoted(migration.module))', \(migration.number), '\(quoted(migration.name))', \(checksum));
            """
    }

    private static func quoted(_ text: String) -> String {
        text.replacing("'", with: "''")
    }
}
