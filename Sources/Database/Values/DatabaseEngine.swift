/// The engines for which schemas are written.
public enum DatabaseEngine: String, CaseIterable, Sendable {
    /// Embedded, one machine: the default.
    case sqlite
    /// A server, many gateway nodes.
    case postgresql
}
