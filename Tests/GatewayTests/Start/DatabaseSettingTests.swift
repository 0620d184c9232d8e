import Gateway
import Testing

@Suite("The setting that names the database")
struct DatabaseSettingTests {
    private func url(_ text: String, production: Bool = false) throws -> String? {
        var settings = ["SEALGATE_DATABASE": text]
        if production {
            settings.merge(["SEALGATE_MODE": "production", "SEALGATE_ROOT_SEALING": "snp", "SEALGATE_TLS": "inside"]) {
                $1
            }
        }
        return try Configuration(ConfigurationSource(file: nil, environment: settings)).databaseURL
    }

    @Test("Nothing is SQLite; a PostgreSQL URL is taken as it is")
    func accepted() throws {
        #expect(try url("") == nil)
        for text in ["postgres://u:p@h/d", "postgresql://h/d?sslmode=disable", "postgresql:///d?host=/run/postgresql"] {
            #expect(try url(text) == text)
        }
    }

    @Test("A server's database takes no folder for the vault: other gateways on it could not read that")
    func folder() throws {
        let folder = ["SEALGATE_VAULT_DIR": "/var/lib/vault"]
        _ = try Configuration(ConfigurationSource(file: nil, environment: folder))
        let both = folder.merging(["SEALGATE_DATABASE": "postgres://u:hunter2@h/d"]) { $1 }
        let error = #expect(throws: ConfigurationError.self) {
            try Configuration(ConfigurationSource(file: nil, environment: both))
        }
        #expect(error?.subject == "SEALGATE_VAULT_DIR")
        #expect(error?.description.contains("SEALGATE_DATABASE") == true)
        #expect(error?.description.contains("hunter") == false)
    }

    @Test(
        "Anything else is refused without being quoted",
        arguments: [
            "mysql://u:hunter2@h/d", "hunter2", "postgres:/hunter2", "postgres://u:hunter 2@h", "sqlite:hunter2",
        ])
    func refused(text: String) {
        let error = #expect(throws: ConfigurationError.self) { try url(text) }
        #expect(error.map { $0.description.contains("SEALGATE_DATABASE") } ?? false)
        #expect(error.map { !$0.description.contains("hunter") } ?? false)
    }

    @Test(
        "In production the server proves who it is, or is on this machine",
        arguments: [
            ("postgres://h/d?sslmode=verify-full", true), ("postgres:///d?host=/run/postgresql", true),
            ("postgres:///d?host=%2Frun%2Fpostgresql", true), ("postgres://h/d", false),
            ("postgres://h/d?sslmode=require", false), ("postgres://h/d?sslmode=verify-ca", false),
            ("postgres://h/d?sslmode=verify-full&sslmode=disable", false), ("postgres:///d?host=/run,h", false),
            ("postgres:///d?host=/run&hostaddr=192.0.2.1", false),
            ("postgres://h/d?sslmode=verify-full&%73slmode=x", false),
            ("postgres://sslmode=verify-full/d", false),
        ])
    func production(text: String, isAccepted: Bool) throws {
        if isAccepted {
            #expect(try url(text, production: true) == text)
        } else {
            let error = #expect(throws: ConfigurationError.self) { try url(text, production: true) }
            #expect(error.map { $0.description.contains("verify-full") } ?? false)
        }
    }

    @Test("The table says that it is set, and not to what")
    func table() {
        let source = try? ConfigurationSource(
            file: nil, environment: ["SEALGATE_DATABASE": "postgres://u:hunter2@h/d?password=hunter3"])
        let table = source.map(Configuration.table) ?? ""
        #expect(table.contains("SEALGATE_DATABASE = (set, not shown)"))
        #expect(!table.contains("hunter"))
    }

    @Test("A server that does not answer stops the start, and the password is not told")
    func unreachable() async throws {
        let error = await #expect(throws: GatewayStartError.self) {
            try await withGateway(settings: ["SEALGATE_DATABASE": "postgres://u:hunter2@127.0.0.1:1/d"]) { _ in }
        }
        #expect(error.map { $0.description.contains("SEALGATE_DATABASE") } ?? false)
        #expect(error.map { !$0.description.contains("hunter") } ?? false)
    }
}
