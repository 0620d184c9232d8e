internal import CPostgreSQL
internal import Glibc

/// The PostgreSQL server that `scripts/with-postgresql` has started for the tests.
public enum TestServer {
    /// Why a test cannot have a database.
    public enum Failure: Error, CustomStringConvertible {
        /// The variable is not set.
        case notStarted
        /// The server refused.
        case refused(String)

        /// What to do.
        public var description: String {
            switch self {
            case .notStarted: "start the tests by scripts/test-swift, or by scripts/with-postgresql swift test"
            case .refused(let reason): "the test server: \(reason)"
            }
        }
    }

    /// Its URL, for a superuser.
    public static func url() throws -> String {
        guard let text = getenv("TEST_POSTGRESQL") else { throw Failure.notStarted }
        return String(cString: text)
    }

    /// Runs any number of statements, and returns the first column of the last one's first row.
    @discardableResult
    public static func run(_ sql: String, at url: String? = nil) throws -> String? {
        let connection = PQconnectdb(try url ?? self.url())
        defer { PQfinish(connection) }
        guard PQstatus(connection) == CONNECTION_OK else { throw Failure.refused(message(of: connection)) }
        PQsetNoticeReceiver(connection, { _, _ in }, nil)
        let result = PQexec(connection, sql)
        defer { PQclear(result) }
        guard [PGRES_COMMAND_OK, PGRES_TUPLES_OK].contains(PQresultStatus(result)) else {
            throw Failure.refused(message(of: connection))
        }
        guard PQntuples(result) > 0, PQgetisnull(result, 0, 0) == 0 else { return nil }
        return PQgetvalue(result, 0, 0).map { String(cString: $0) }
    }

    private static func message(of connection: OpaquePointer?) -> String {
        PQerrorMessage(connection).map { String(cString: $0) } ?? "out of memory"
    }
}
