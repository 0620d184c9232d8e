public import Database
internal import Primitives

/// A schema of its own on the test server: to the gateway it looks like a database. Gone with this value.
public final class TestSchema: Sendable {
    /// Its name.
    public let name: String
    /// A URL that leads into it.
    public let url: String

    /// Makes the schema.
    public init() throws {
        name = "t_" + Hex.encode(SystemRandom().bytes(8))
        url = try TestServer.url() + "&options=-csearch_path%3D\(name)"
        try TestServer.run("create schema \(name)")
    }

    /// Runs statements in the schema, beside the gateway.
    @discardableResult
    public func run(_ sql: String) throws -> String? {
        try TestServer.run(sql, at: url)
    }

    /// Where the data are.
    public var location: DatabaseLocation { .server(url: url) }

    deinit {
        _ = try? TestServer.run("drop schema \(name) cascade")
    }
}
