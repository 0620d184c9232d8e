import Ethereum
import HTTPTypes
import Primitives
import Testing

@Suite("Secrets of MCP servers and agents over HTTP")
struct SecretsTests {
    private func store(
        _ visitor: Visitor, _ path: String, _ secrets: JSON, area: String = "mcp-secrets"
    ) async throws -> Answer {
        let proof = try await visitor.vaultProof("/wallet/\(area)")
        return try await visitor.send(
            .post, path,
            json: ["secrets": secrets, "signature": .string(proof.signature), "nonce": .string(proof.nonce)])
    }

    @Test("Stored beside one another, named, shown while open, locked, unlocked, deleted")
    func journey() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            let path = "/wallet/mcp-secrets/github"
            #expect(try await visitor.get(path).good()["configuredSecrets"] == [])
            let stored = try await store(visitor, path, ["TOKEN": "line one\nline \"two\" ü", "A-1.b": "x"]).good()
            #expect(stored["encryptionMode"] == "sign-to-derive")
            try await store(visitor, path, ["TOKEN_2": "y"]).good()
            #expect(try await visitor.get(path).good()["configuredSecrets"] == ["A-1.b", "TOKEN", "TOKEN_2"])
            let values = try await visitor.get(path + "/values").good()
            #expect(values["secrets"].array?.count == 3)
            #expect(values.fields["Cache-Control"] == "no-store")
            #expect(try await visitor.get(path + "/values/TOKEN").good()["value"] == "line one\nline \"two\" ü")
            try await visitor.get(path + "/values/NONE").expect(404, "secret_not_set")
            let other = try await gateway.visitor(visitor.key)
            try await other.get(path + "/values").expect(409, "secret_locked")
            try await other.get(path + "/values/TOKEN").expect(409, "secret_locked")
            let proof = try await other.vaultProof("/wallet/mcp-secrets")
            let unlocked = try await other.send(
                .post, "/wallet/mcp-secrets/unlock",
                json: ["signature": .string(proof.signature), "nonce": .string(proof.nonce)]
            ).good()
            #expect(unlocked["unlockedServers"] == ["github"])
            #expect(try await other.get(path + "/values/TOKEN_2").good()["value"] == "y")
            let grants = try await visitor.get("/wallet/provider-vault/grants").good()["grants"].array ?? []
            #expect(grants.map { $0["current"] } == [true, false])
            let everywhere = try await visitor.send(
                .post, "/wallet/mcp-secrets/lock", json: ["everywhere": true]
            ).good()
            #expect(everywhere["lockedServers"] == ["github"])
            try await other.get(path + "/values").expect(409, "secret_locked")
            try await visitor.send(.delete, path).good()
            #expect(try await visitor.get(path + "/values").good()["secrets"] == [])
        }
    }

    @Test("What cannot be a secret, a name or a server is refused before any nonce is used")
    func badForms() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            let long = JSON.string(String(repeating: "v", count: 513))
            for secrets in [
                [:], [], "x", ["A": 1], ["A": nil], ["A": ""], ["A": long], ["A B": "x"], ["": "x"], ["A": ["x"]],
                ["A": "a\u{0}b"], .object((0..<33).map { .init("K\($0)", "v") }),
            ] as [JSON] {
                let answer = try await store(visitor, "/wallet/mcp-secrets/github", secrets)
                #expect(answer.status == 400, "\(secrets)")
            }
            for server in ["-a", "a%20b", String(repeating: "a", count: 65)] {
                let answer = try await store(visitor, "/wallet/mcp-secrets/\(server)", ["A": "x"])
                #expect(answer.status == 400, "\(server)")
            }
        }
    }

    @Test("An agent says what it still needs; one that is not there is not found")
    func agents() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            let path = "/wallet/agent-secrets/assistant"
            let before = try await visitor.get(path).good()
            #expect(before["configuredSecrets"] == [] && before["missingRequired"] == [] && before["ready"] == true)
            try await store(visitor, path, ["KEY": "x"], area: "agent-secrets").good()
            #expect(try await visitor.get(path).good()["configuredSecrets"] == ["KEY"])
            try await visitor.get("/wallet/agent-secrets/nobody").expect(404, "agent_not_found")
            try await visitor.send(.delete, path).good()
            #expect(try await visitor.get(path).good()["configuredSecrets"] == [])
        }
    }

    @Test("The nine providers each have their routes, and keys of their own")
    func providers() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            for slug in ["minimax", "openrouter", "zai", "deepseek", "gemini", "openai", "kimi", "opencode"] {
                let path = "/wallet/\(slug)-apikey"
                let proof = try await visitor.vaultProof()
                try await visitor.send(
                    .put, path,
                    json: [
                        "\(slug)ApiKey": .string("key-of-\(slug)"), "signature": .string(proof.signature),
                        "nonce": .string(proof.nonce),
                    ]
                ).good()
                #expect(try await visitor.get(path + "/status").good()["unlocked"] == true)
            }
            #expect(try await visitor.get("/wallet/apikey/status").good()["configured"] == false)
            #expect(try await visitor.unlock().good()["unlockedProviders"].array?.count == 8)
            let locked = try await visitor.send(
                .post, "/wallet/provider-vault/lock", json: ["providers": ["kimi", "zai"]]
            ).good()
            #expect(locked["lockedProviders"] == ["kimi", "zai"])
            #expect(try await visitor.get("/wallet/kimi-apikey/status").good()["unlocked"] == false)
            #expect(try await visitor.get("/wallet/openai-apikey/status").good()["unlocked"] == true)
            try await visitor.send(.delete, "/wallet/kimi-apikey").good()
            #expect(try await visitor.get("/wallet/kimi-apikey/status").good()["configured"] == false)
        }
    }

    @Test("Without a signature nothing is stored, unless the operator lets it; then it moves at the next unlock")
    func unsigned() async throws {
        let key: JSON = ["anthropicApiKey": "sk-ant-unsigned-1"]
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            try await visitor.send(.put, "/wallet/apikey", json: key).expect(400, "signature_required")
        }
        try await withGateway(settings: ["SEALGATE_VAULT_UNSIGNED": "on"]) { gateway in
            let visitor = try await gateway.visitor()
            let stored = try await visitor.send(.put, "/wallet/apikey", json: key).good()
            #expect(stored["encryptionMode"] == "hkdf" && stored["needsMigration"] == true)
            #expect(try await visitor.get("/wallet/apikey/status").good()["encryptionMode"] == "hkdf")
            #expect(try await visitor.unlock().good()["migratedProviders"] == ["anthropic"])
            let later = try await gateway.visitor(visitor.key)
            try await later.unlock().good()
            let status = try await later.get("/wallet/apikey/status").good()
            #expect(status["encryptionMode"] == "sign-to-derive" && status["needsMigration"] == false)
            #expect(status["determinism"] == "proven")
        }
    }

    @Test("With a folder the ciphertexts lie there, and a start without them is refused")
    func folder() async throws {
        let folder = try TemporaryFolder()
        let settings = ["SEALGATE_VAULT_DIR": folder.file("vault")]
        let key = try await withGateway(in: folder, settings: settings) { gateway in
            let visitor = try await gateway.visitor()
            try await visitor.storeKey().good()
            return visitor.key
        }
        try await withGateway(in: folder, settings: settings) { gateway in
            let visitor = try await gateway.visitor(key)
            #expect(try await visitor.unlock().good()["unlockedProviders"] == ["anthropic"])
        }
        for other in [[:], ["SEALGATE_VAULT_DIR": folder.file("another")]] {
            await #expect(throws: (any Error).self) { try await withGateway(in: folder, settings: other) { _ in } }
        }
    }
}
