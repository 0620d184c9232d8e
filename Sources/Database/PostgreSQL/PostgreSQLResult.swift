internal import CPostgreSQL

/// One answer of the server, freed when it is dropped. Rows stay readable as long as it lives.
final class PostgreSQLResult {
    /// libpq's object.
    let pointer: OpaquePointer

    /// Takes over what libpq handed out.
    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        PQclear(pointer)
    }

    /// How many rows there are.
    var rowCount: Int { Int(PQntuples(pointer)) }

    /// How many rows a statement inserted, updated or deleted; 0 for any other.
    var changedRows: Int {
        guard PQresultStatus(pointer) == PGRES_COMMAND_OK || isChange else { return 0 }
        return PQcmdTuples(pointer).flatMap { Int(String(cString: $0)) } ?? 0
    }

    /// `insert ... returning` answers rows, and is a change all the same.
    private var isChange: Bool { !tag.hasPrefix("SELECT") }

    /// What the server calls what it did, `INSERT 0 1` or `COMMIT`.
    var tag: String { PQcmdStatus(pointer).map { String(cString: $0) } ?? "" }

    /// Whether the statement did what it should.
    var isGood: Bool {
        let status = PQresultStatus(pointer)
        return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK
    }

    /// Whether the statement was skipped because one before it in the same batch failed.
    var isSkipped: Bool { PQresultStatus(pointer) == PGRES_PIPELINE_ABORTED }

    /// One field of an error, if the server sent it.
    func field(_ code: CInt) -> String? {
        PQresultErrorField(pointer, code).map { String(cString: $0) }
    }
}
