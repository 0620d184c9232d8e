/// All modules' migrations in the order in which they are applied.
public struct MigrationPlan: Sendable {
    /// The steps.
    public let migrations: [Migration]

    /// The modules' lists one after the other: a module comes after those whose tables it refers to. Within a module
    /// numbers run 1, 2, 3, ...
    public init(_ modules: [Migration]...) throws(MigrationError) {
        var last: [String: Int] = [:]
        for migration in modules.joined() {
            let expected = last[migration.module, default: 0] + 1
            guard migration.number == expected else {
                throw .misnumbered(module: migration.module, expected: expected, found: migration.number)
            }
            last[migration.module] = expected
        }
        migrations = Array(modules.joined())
    }
}
