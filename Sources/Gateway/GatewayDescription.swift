import Attestation
import AttestationRoutes
import Cryptography
public import Database
import EventLoops
import Glibc
import HTTPClient
import HTTPServer
import Identity
import Ledger
import Primitives
import Telemetry
import Vault

/// What can be said of a gateway without running one.
public enum GatewayDescription {
    /// The OpenAPI 3.1 document, the same bytes that `GET /openapi.json` answers.
    public static func openAPI() async throws -> [UInt8] {
        try await openAPIDocument().bytes
    }

    /// The same document over many lines: checked in, compared by a test, read in reviews.
    public static func openAPIText() async throws -> String {
        try await openAPIDocument().indented
    }

    /// Builds the domains over a throw-away database, because endpoints are values that hold them.
    private static func openAPIDocument() async throws -> JSON {
        try await withThrowAwayDomains { domains in
            let posture = PostureSource(
                start: SecurityPosture(mode: .development, platform: .none, keySources: [:], found: []), found: { [] },
                peers: { .none }, releaseGuard: { domains.release.json })
            let codeHash = try CodeHash.ofRunningProgram()
            let sources = AttestationRoutes.Sources(
                posture: { posture.posture },
                build: BuildInfo(codeHash: codeHash, provenance: .absent(path: ProvenanceFile.name)),
                isAuthentic: { false }, releaseGuard: { .null }, provenance: { .null }, thumbprints: { [] },
                publisher: nil,
                archived: { _ in nil }, peers: { _ in .none })
            let table = RouteTable(
                domains: domains, posture: posture, attestation: sources, metrics: Metrics(), tls: .none,
                certificateRequest: nil, statistics: { nil })
            return OpenAPIDocument.make(
                title: RouteTable.title, version: Version.text, summary: RouteTable.summary,
                endpoints: table.endpoints())
        }
    }

    /// Every migration as the SQL that an engine runs: checked in, compared by a test, and applied to a real server.
    public static func schema(for engine: DatabaseEngine) throws -> String {
        try RenderedSchema(try Domains.migrations(), for: engine).text
    }

    /// Every migration, in the order in which a start applies them.
    package static func migrations() throws -> MigrationPlan { try Domains.migrations() }

    private static func withThrowAwayDomains<R: Sendable>(_ body: (Domains) async throws -> R) async throws -> R {
        var template = Array("/tmp/sealgate-description-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw GatewayStartError("There is no room for a temporary folder.") }
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { rmdir(folder) }
        let path = folder + "/description.db"
        let database = try Database(path: path, migrations: try Domains.migrations())
        let loops = try EventLoopGroup(count: 1)
        defer {
            loops.stop()
            for suffix in ["", "-wal", "-shm", ".lock"] { unlink(path + suffix) }
        }
        let random = SystemRandom()
        guard let root = RootSecret(try Secret(randomCount: RootSecret.byteCount)) else {
            throw GatewayStartError("There is no room for a root secret in locked memory.")
        }
        let log = Log(descriptor: 2, clock: SystemClock())
        let domains = try await Domains.build(
            on: Domains.Ground(
                database: database, root: root, prices: try PriceCatalogue.standard(), loops: loops,
                egress: .publicOnly, anthropicBaseURL: "https://api.anthropic.com", origin: "http://127.0.0.1:8787",
                chains: .standard, vault: VaultSettings.none, ciphertexts: RowVaultStore(),
                peers: PeerBook(.none, pacing: SteadyPacing()), revisions: [.b],
                clock: SystemClock(), random: random, log: log, metrics: Metrics()))
        let result = try await body(domains)
        await domains.client.close()
        await database.close()
        log.close()
        return result
    }
}
