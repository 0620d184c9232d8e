import Database
import Foundation
import Gateway
import HTTPTypes
import Primitives
import Testing

@Suite("What the gateway says about itself is checked in")
struct DescriptionTests {
    /// Compares `current` with the file, or writes the file when SEALGATE_WRITE_GOLDEN is set.
    private func compare(_ path: String, _ current: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let file = root.appending(path: path)
        if ProcessInfo.processInfo.environment["SEALGATE_WRITE_GOLDEN"] == "1" {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(current.utf8).write(to: file)
        }
        let written = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        let difference = zip(
            written.split(separator: "\n", omittingEmptySubsequences: false),
            current.split(separator: "\n", omittingEmptySubsequences: false)
        ).first { $0 != $1 }
        #expect(
            written == current,
            """
            \(path) is not what the sources give. If the change is meant, write it anew and commit it: \
            SEALGATE_WRITE_GOLDEN=1 swift test --disable-xctest --filter DescriptionTests
            first difference: \(difference.map { "`\($0.0)` is now `\($0.1)`" } ?? "the length")
            """, sourceLocation: sourceLocation)
    }

    @Test("The OpenAPI document, as `sealgate openapi` prints it")
    func openAPI() async throws {
        let text = try await GatewayDescription.openAPIText()
        let described = try await GatewayDescription.openAPI()
        #expect(try JSON(parsing: text).bytes == described, "the same members in the same order")
        try compare("Sources/Routes/openapi.json", text)
    }

    @Test("The tables, as each engine gets them", arguments: [DatabaseEngine.sqlite, .postgresql])
    func schema(engine: DatabaseEngine) throws {
        let name = engine == .sqlite ? "sqlite" : "postgresql"
        try compare("Sources/Gateway/Schema/\(name).sql", try GatewayDescription.schema(for: engine))
    }

    @Test("A running gateway serves the same document, byte for byte")
    func served() async throws {
        let described = try await GatewayDescription.openAPI()
        try await withGateway { gateway in
            let found = try await gateway.send(.get, "/openapi.json").good().body
            #expect(found == described)
        }
    }

    @Test("Every operation has a name of its own, and every reference leads somewhere")
    func document() async throws {
        let contract = Contract(document: try JSON(parsing: try await GatewayDescription.openAPI()))
        let names = contract.operations.compactMap { $0.operation["operationId"]?.string }
        #expect(names.count == contract.operations.count)
        #expect(Set(names).count == names.count)
        var dangling: [String] = []
        func walk(_ value: JSON) {
            if let reference = value["$ref"]?.string {
                let steps = reference.split(separator: "/").dropFirst().map(String.init)
                if steps.reduce(Optional(contract.document), { $0?[$1] }) == nil { dangling.append(reference) }
            }
            for member in value.members ?? [] { walk(member.value) }
            for element in value.array ?? [] { walk(element) }
        }
        walk(contract.document)
        #expect(dangling == [])
    }

    @Test("Every route of this release is there, and none that was never to be built")
    func routes() async throws {
        let contract = Contract(document: try JSON(parsing: try await GatewayDescription.openAPI()))
        let routes = Set(contract.operations.map { "\($0.method) \($0.path)" })
        let expected: Set<String> = [
            "GET /auth/challenge", "POST /auth/verify", "POST /auth/logout", "GET /api/auth/challenge",
            "POST /api/auth/verify", "POST /api/auth/logout", "GET /api/auth/token-message",
            "POST /api/auth/create-token", "GET /.well-known/jwks.json", "GET /agents", "GET /agents/{id}",
            "POST /agents/{id}/sessions", "GET /agents/{id}/sessions", "GET /agents/{id}/sessions/{sid}",
            "DELETE /agents/{id}/sessions/{sid}", "POST /agents/{id}/sessions/{sid}/chat", "GET /wallet/sessions",
            "GET /wallet/balance", "GET /wallet/transactions", "GET /wallet/settings", "PUT /wallet/settings",
            "POST /wallet/faucet", "PUT /wallet/apikey", "DELETE /wallet/apikey", "GET /wallet/apikey/status",
            "GET /wallet/provider-vault/derive-challenge", "POST /wallet/provider-vault/unlock", "GET /health",
            "POST /wallet/provider-vault/lock", "GET /wallet/provider-vault/rotate-challenge",
            "POST /wallet/provider-vault/rotate", "GET /wallet/provider-vault/grants", "GET /wallet/vault-audit",
            "GET /wallet/provider-vault/sealing-key",
            "GET /api/attestation", "GET /api/attestation/tls", "GET /api/attestation/tls/csr", "GET /metrics",
            "GET /openapi.json", "GET /docs", "GET /api/attestation/security", "GET /api/attestation/build-info",
            "GET /api/attestation/provenance", "GET /api/attestation/report", "GET /api/attestation/keys/{kid}",
            "GET /api/attestation/peers", "POST /api/auth/peer-token", "GET /.well-known/erc8128",
            "GET /auth/nonce", "GET /api/auth/nonce", "GET /auth/siwe/challenge", "GET /api/auth/siwe/challenge",
            "POST /auth/siwe/verify", "POST /api/auth/siwe/verify",
            "GET /auth/sessions", "DELETE /auth/sessions/{id}", "DELETE /auth/sessions", "GET /auth/api-keys",
            "POST /auth/api-keys", "POST /auth/api-keys/{id}/rotate", "DELETE /auth/api-keys/{id}",
            "POST /auth/device", "POST /auth/device/{deviceCode}/proof", "POST /auth/device/approve",
            "GET /auth/watch/device/{deviceCode}", "GET /auth/device/challenge", "POST /auth/device/refresh",
            "POST /auth/github/exchange", "GET /auth/github/repositories", "POST /auth/github/repositories",
            "DELETE /auth/github/repositories/{id}",
            "GET /auth/devices", "DELETE /auth/devices/{id}",
            "POST /api/attestation/handover/offer", "POST /api/attestation/handover",
        ]
        let providers = "minimax openrouter zai deepseek gemini openai kimi opencode".split(separator: " ")
        let keys = providers.flatMap { slug in
            ["PUT /wallet/\(slug)-apikey", "DELETE /wallet/\(slug)-apikey", "GET /wallet/\(slug)-apikey/status"]
        }
        let secrets = [("mcp-secrets", "serverId"), ("agent-secrets", "agentId")].flatMap { area, id in
            [
                "GET /wallet/\(area)/derive-challenge", "POST /wallet/\(area)/unlock", "POST /wallet/\(area)/lock",
                "GET /wallet/\(area)/rotate-challenge", "POST /wallet/\(area)/rotate", "POST /wallet/\(area)/{\(id)}",
                "GET /wallet/\(area)/{\(id)}", "DELETE /wallet/\(area)/{\(id)}",
            ]
        }
        let values = "GET /wallet/mcp-secrets/{serverId}/values"
        #expect(routes == expected.union(keys).union(secrets).union([values, values + "/{key}"]))
    }

    @Test("The page for people lists every route and needs nothing from outside")
    func page() async throws {
        try await withGateway { gateway in
            let page = try await gateway.send(.get, "/docs").good()
            #expect(page.fields["Content-Type"] == "text/html; charset=utf-8")
            #expect(page.fields["Content-Security-Policy"]?.hasPrefix("default-src 'none'") == true)
            for operation in gateway.contract.operations {
                let line = "<code class=\"method\">\(operation.method)</code> <code>\(operation.path)</code>"
                #expect(page.text.contains(line))
            }
            for word in ["<script", "http://", "https://api", "src=", "@import"] { #expect(!page.text.contains(word)) }
        }
    }

    @Test("Health and attestation say what protects this instance: nothing, with reasons")
    func posture() async throws {
        try await withGateway { gateway in
            let health = try await gateway.send(.get, "/health").good()
            #expect(health["status"] == "healthy")
            let posture = health["securityPosture"]
            #expect(posture["mode"] == "development")
            #expect(posture["degraded"] == true)
            let attestation = try await gateway.send(.get, "/api/attestation").good()
            #expect(attestation["teeEnabled"] == false)
            #expect(attestation["verified"] == false)
            #expect(attestation["publishedHash"] == nil)
            #expect(attestation["degradedReasons"] == posture["degradedReasons"])
            let codes = (attestation["degradedReasons"].array ?? []).compactMap { $0["code"]?.string }
            #expect(!codes.isEmpty && Set(codes).count == codes.count)
            let program = try Data(contentsOf: URL(filePath: "/proc/self/exe"))
            #expect(attestation["codeHash"].string == DescriptionTests.sha256(program))
            let keys = try await gateway.send(.get, "/.well-known/jwks.json").good()
            let thumbprints = (keys["keys"].array ?? []).compactMap { $0["kid"]?.string }
            #expect(attestation["sessionKeyThumbprints"] == .array(thumbprints.map { .string($0) }))
        }
    }

    @Test("Metrics name routes and numbers, no wallet and no id")
    func metrics() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            let session = try await visitor.openSession()
            try await visitor.get("/agents/assistant/sessions/\(session)").good()
            let page = try await gateway.send(.get, "/metrics").good().text
            #expect(page.contains(#"route="GET /agents/{id}/sessions/{sid}",status="200"} 1"#))
            for word in [session, visitor.address, String(visitor.address.dropFirst(2)), "0x"] {
                #expect(!page.contains(word))
            }
            for line in page.split(separator: "\n") where !line.hasPrefix("#") {
                #expect(try PatternJudge.fits(String(line), #"^[a-z_]+(\{.*\})? -?[0-9.]+$"#), "\(line)")
            }
        }
    }

    /// By a program that is not ours.
    private static func sha256(_ data: Data) -> String? {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/sha256sum")
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        do { try process.run() } catch { return nil }
        input.fileHandleForWriting.write(data)
        try? input.fileHandleForWriting.close()
        let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return said.split(separator: " ").first.map(String.init)
    }
}
