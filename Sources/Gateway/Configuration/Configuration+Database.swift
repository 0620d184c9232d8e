import Attestation

extension Configuration {
    /// The URL of a PostgreSQL server. What is wrong with it is said without quoting it: it holds a password.
    static func databaseURL(
        _ text: String?, mode: SecurityPosture.Mode
    ) throws(ConfigurationError) -> String? {
        guard let text else { return nil }
        let isVisible = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard text.hasPrefix("postgres://") || text.hasPrefix("postgresql://"), isVisible else {
            throw ConfigurationError(
                Setting.database.name, "write `postgres://user:password@host/database`, or nothing for SQLite.")
        }
        guard mode == .development || isVerified(text) else {
            throw ConfigurationError(
                Setting.database.name,
                "in production the server must prove who it is: add `?sslmode=verify-full` (and `sslrootcert=`), or "
                    + "name a socket's folder as `?host=/run/postgresql`.")
        }
        return text
    }

    /// Whether nobody between here and the server can pass for it. Of a parameter that is there twice the last counts.
    private static func isVerified(_ url: String) -> Bool {
        var parameters: [Substring: Substring] = [:]
        for part in url.drop(while: { $0 != "?" }).dropFirst().split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1)
            if pair.count == 2 { parameters[pair[0]] = pair[1] }
        }
        guard parameters.keys.allSatisfy({ !$0.contains("%") }) else { return false }
        if parameters["sslmode"] == "verify-full" { return true }
        // An address beside the host is what libpq connects to.
        guard parameters["hostaddr"] == nil else { return false }
        let hosts = parameters["host"]?.lowercased().split(separator: ",") ?? []
        return !hosts.isEmpty && hosts.allSatisfy { $0.hasPrefix("/") || $0.hasPrefix("%2f") }
    }
}
