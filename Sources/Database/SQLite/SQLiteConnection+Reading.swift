extension SQLiteConnection {
    /// Runs `body` in one consistent view, within its time limit.
    func snapshot<R>(milliseconds: Int, _ body: (borrowing ReadTransaction) throws -> R) throws -> R {
        try control("begin")
        defer { try? control("rollback") }
        return try timeLimit.enforce(milliseconds: milliseconds) {
            try body(ReadTransaction(.sqlite(self)))
        }
    }

    /// What SQLite finds wrong with the file, and references that lead nowhere; empty if all is well.
    func integrityReport() throws -> [String] {
        let findings = try trusted("pragma integrity_check") { row in try row.text(0) }.filter { $0 != "ok" }
        // Through a damaged tree references cannot be followed.
        guard findings.isEmpty else { return findings }
        return try trusted("pragma foreign_key_check") { row in
            "\(try row.text(0)) refers to a row of \(try row.text(2)) that is not there"
        }
    }
}
