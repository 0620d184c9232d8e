public import Database
internal import Synchronization

/// Where tests keep their data: in a file, or in a schema of the test server, as the running test's engine says.
public enum TestPlace {
    private static let schemas = Mutex<[String: TestSchema]>([:])

    /// The place that belongs to `path`: the same one each time, on the same engine.
    public static func location(of path: String) throws -> DatabaseLocation {
        switch TestEngine.current {
        case .sqlite: .file(path: path)
        case .postgresql: try schema(of: path).location
        }
    }

    /// The schema that stands for `path` on the server.
    public static func schema(of path: String) throws -> TestSchema {
        try schemas.withLock { schemas in
            if let known = schemas[path] { return known }
            let made = try TestSchema()
            schemas[path] = made
            return made
        }
    }
}
