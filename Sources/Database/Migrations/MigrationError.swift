/// Why a schema cannot be brought forward. The start stops; the message names the migration and the mend.
public enum MigrationError: Error, Hashable, Sendable {
    /// A token that no engine knows.
    case unknownToken(String, in: String)
    /// A module's numbers are not 1, 2, 3, ...
    case misnumbered(module: String, expected: Int, found: Int)
    /// The file knows a migration that this build does not: it was written by a newer build.
    case newerDatabase(module: String, number: Int, name: String)
    /// The file lacks a migration although it has a later one of the same module.
    case gap(String)
    /// The text was edited after it had been applied.
    case changed(String)
    /// A statement failed; the migration was undone, and the ones before it stay.
    case failed(String, reason: String)
}

extension MigrationError: CustomStringConvertible {
    /// For the operator.
    public var description: String {
        switch self {
        case .unknownToken(let token, let migration):
            "migration \(migration): unknown token {\(token)}"
        case .misnumbered(let module, let expected, let found):
            "migrations of \(module): number \(found) stands where \(expected) belongs"
        case .newerDatabase(let module, let number, let name):
            "the database has migration \(module) \(number) (\(name)), which this build does not know: "
                + "start the newer build that wrote it, or restore a backup made before"
        case .gap(let migration):
            "the database lacks migration \(migration) but has a later one of that module: restore a backup"
        case .changed(let migration):
            "migration \(migration) differs from what was applied to this database: "
                + "start the build that applied it, and add a new migration instead of editing one"
        case .failed(let migration, let reason):
            "migration \(migration) failed and was undone: \(reason)"
        }
    }
}
