import Foundation
import Gateway
import HTTPTypes
import Primitives
import Telemetry
import Testing

@Suite("A gateway that cannot be right does not start, and says what to mend")
struct StartRefusalTests {
    private struct Started: Error {}

    /// What the start complains about.
    private func complaint(_ folder: TemporaryFolder, _ settings: [String: String] = [:]) async throws -> String {
        let null = open("/dev/null", O_WRONLY | O_CLOEXEC)
        defer { close(null) }
        let log = Log(descriptor: null, clock: SystemClock())
        defer { log.close() }
        do {
            let gateway = try await Gateway.start(
                TestGateway.configuration(folder, settings), log: log, clock: SystemClock(), random: SystemRandom())
            await gateway.stop()
        } catch let error as GatewayStartError {
            return error.description
        }
        throw Started()
    }

    /// A folder with a data folder in it, as an operator might leave it.
    private func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.file("data"), withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
        return folder
    }

    private static let root = [UInt8](repeating: 7, count: 32)

    @Test("A database that another gateway has open")
    func busy() async throws {
        try await withGateway { gateway in
            let text = try await complaint(gateway.folder)
            #expect(text.contains("sealgate.db is in use by another process"))
            #expect(text.contains("SEALGATE_DATA_DIR"))
            #expect(try await gateway.send(.get, "/health").good()["status"] == "healthy")
        }
    }

    @Test("A root secret that others can read", arguments: [0o640, 0o604, 0o620, 0o666])
    func openRoot(mode: Int) async throws {
        let folder = try folder()
        try folder.write("data/root.secret", StartRefusalTests.root, mode: mode)
        let text = try await complaint(folder)
        #expect(text.contains("root.secret can be read or written by others"))
        #expect(text.contains("chmod 600"))
    }

    @Test("A root secret of another size", arguments: [0, 1, 31, 33, 64, 100_000])
    func rootSize(count: Int) async throws {
        let folder = try folder()
        try folder.write("data/root.secret", [UInt8](repeating: 7, count: count))
        #expect(try await complaint(folder).contains("is not a root secret of 32 bytes"))
        #expect(try folder.read("data/root.secret").count == count, "it is left as it was")
    }

    @Test("A root secret that is a folder")
    func rootFolder() async throws {
        let folder = try folder()
        try FileManager.default.createDirectory(
            atPath: folder.file("data/root.secret"), withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
        #expect(try await complaint(folder).contains("root.secret"))
    }

    @Test("A data folder that cannot be made")
    func dataFolder() async throws {
        let folder = try TemporaryFolder()
        try folder.write("data", [])
        #expect(try await complaint(folder).contains("SEALGATE_DATA_DIR"))
        #expect(
            try await complaint(folder, ["SEALGATE_DATA_DIR": folder.file("data/deeper")]).contains("SEALGATE_DATA_DIR")
        )
    }

    @Test("A database that is none")
    func damagedDatabase() async throws {
        let folder = try folder()
        try folder.write("data/root.secret", StartRefusalTests.root)
        try folder.write("data/sealgate.db", Array(String(repeating: "no database ", count: 1_000).utf8))
        #expect(try await complaint(folder).contains("sealgate.db cannot be opened"))
    }

    static let badPrices: [(name: String, text: String)] = [
        ("nothing", ""), ("no JSON", "{"), ("no object", "[]"), ("no models", "{}"),
        ("a row without prices", #"{"models":{"m":{}}}"#),
        ("a price that is no whole number", row("input", "1.5")), ("a price below zero", row("input", "-1")),
        ("a price as text", row("input", "\"1\"")),
    ]

    private static func row(_ name: String, _ value: String) -> String {
        let row = [
            "provider": "\"anthropic\"", "input": "1000000", "output": "5000000", "maxInput": "200000",
            "maxOutput": "64000",
        ].merging([name: value]) { $1 }
        return #"{"models":{"m":{\#(row.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ","))}}}"#
    }

    @Test("A price file that cannot be understood", arguments: badPrices)
    func prices(_ example: (name: String, text: String)) async throws {
        let folder = try TemporaryFolder()
        try folder.write("prices.json", Array(example.text.utf8))
        let text = try await complaint(folder, ["SEALGATE_PRICES": folder.file("prices.json")])
        #expect(text.contains("SEALGATE_PRICES"))
        #expect(text.contains("prices.json"))
    }

    @Test("A price file that is not there, or is far too large")
    func priceFile() async throws {
        let folder = try TemporaryFolder()
        let text = try await complaint(folder, ["SEALGATE_PRICES": folder.file("none.json")])
        #expect(text.contains("SEALGATE_PRICES") && text.contains("cannot be read"))
        try folder.write("large.json", [UInt8](repeating: 0x20, count: (1 << 20) + 1))
        #expect(try await complaint(folder, ["SEALGATE_PRICES": folder.file("large.json")]).contains("cannot be read"))
    }

    @Test("TLS files that are missing, or hold no key")
    func tls() async throws {
        let folder = try TemporaryFolder()
        try folder.write("chain.pem", Array("-----BEGIN CERTIFICATE-----\n".utf8))
        for name in ["none.pem", "chain.pem"] {
            let text = try await complaint(
                folder,
                ["SEALGATE_TLS_CERTIFICATE": folder.file(name), "SEALGATE_TLS_KEY": folder.file(name)])
            #expect(text.contains("SEALGATE_TLS_"))
        }
    }

    @Test("A TLS key made inside for a host that no certificate can name", arguments: ["https://a..b", "https://-a"])
    func tlsName(origin: String) async throws {
        let settings = ["SEALGATE_TLS": "inside", "SEALGATE_PUBLIC_ORIGIN": origin]
        #expect(try await complaint(try TemporaryFolder(), settings).contains("SEALGATE_PUBLIC_ORIGIN"))
    }

    @Test("A port that is taken, an address that is not here")
    func port() async throws {
        try await withGateway { gateway in
            let taken = String(gateway.address.dropFirst("http://".count))
            let text = try await complaint(try TemporaryFolder(), ["SEALGATE_LISTEN": taken])
            #expect(text.contains("SEALGATE_LISTEN: cannot listen on \(taken)"))
        }
        let text = try await complaint(try TemporaryFolder(), ["SEALGATE_LISTEN": "192.0.2.1:0"])
        #expect(text.contains("SEALGATE_LISTEN"))
    }

    @Test("A range for outgoing calls that is none", arguments: ["127.0.0.1/33", "localhost", "10.0.0.0/8,x"])
    func egress(range: String) async throws {
        let text = try await complaint(try TemporaryFolder(), ["SEALGATE_EGRESS_ALLOW": range])
        #expect(text.contains("SEALGATE_EGRESS_ALLOW"))
    }

    @Test("After a refused start the folder is free again", arguments: ["192.0.2.1:0"])
    func freesTheFolder(address: String) async throws {
        let folder = try TemporaryFolder()
        _ = try await complaint(folder, ["SEALGATE_LISTEN": address])
        try await withGateway(in: folder) { gateway in
            try await gateway.send(.get, "/health").good()
        }
    }

    @Test("A start makes its root secret once, for its owner's eyes, and keeps it")
    func genesis() async throws {
        let folder = try TemporaryFolder()
        try await withGateway(in: folder) { _ in }
        let root = try folder.read("data/root.secret")
        #expect(root.count == 32)
        for name in ["data", "data/root.secret", "data/sealgate.db"] {
            let mode = try FileManager.default.attributesOfItem(atPath: folder.file(name))[.posixPermissions] as? Int
            #expect(mode == (name == "data" ? 0o700 : 0o600), "\(name)")
        }
        try await withGateway(in: folder) { _ in }
        #expect(try folder.read("data/root.secret") == root)
        #expect(try !folder.files().keys.contains { $0.contains("root.secret.new") })
    }

    @Test("An operator's root secret is used and not written down; another one is refused")
    func operatorsRoot() async throws {
        let folder = try TemporaryFolder()
        let hex = String(repeating: "5a", count: 32)
        let key = try await withGateway(in: folder, settings: ["SEALGATE_ROOT_SECRET": hex]) { gateway in
            let visitor = try await gateway.visitor()
            try await visitor.send(.put, "/wallet/settings", json: ["a": 1]).good()
            let sources = try await gateway.send(.get, "/health")["securityPosture"]["keySources"]
            #expect(sources?["rootSecret"]?.string?.isEmpty == false)
            return visitor.key
        }
        #expect(try !folder.files().keys.contains { $0.hasSuffix("root.secret") })
        for (name, bytes) in try folder.files() {
            #expect(bytes.firstRange(of: [UInt8](repeating: 0x5A, count: 32)) == nil, "\(name)")
            #expect(bytes.firstRange(of: Array(hex.utf8)) == nil, "\(name)")
        }
        try await withGateway(in: folder, settings: ["SEALGATE_ROOT_SECRET": hex]) { gateway in
            let found = try await gateway.visitor(key).get("/wallet/settings")["a"]
            #expect(found == 1)
        }
        let text = try await complaint(folder, ["SEALGATE_ROOT_SECRET": String(repeating: "a5", count: 32)])
        #expect(text.contains("was begun under another root secret"))
        #expect(text.contains("SEALGATE_ROOT_SECRET"))
        #expect(!text.contains("a5a5"))
        #expect(try await complaint(folder).contains("root"), "nor is a fresh one made beside the old data")
        #expect(try !folder.files().keys.contains { $0.hasSuffix("root.secret") })
    }
}
