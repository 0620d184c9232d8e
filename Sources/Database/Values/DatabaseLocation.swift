/// Where the data are: which engine, and what it needs to be told.
public enum DatabaseLocation: Hashable, Sendable {
    /// An SQLite file.
    case file(path: String)
    /// A PostgreSQL server, by a URL as libpq reads it. It may hold a password: never printed.
    case server(url: String)

    /// Which engine that is.
    public var engine: DatabaseEngine {
        switch self {
        case .file: .sqlite
        case .server: .postgresql
        }
    }
}
