import DatabaseFixtures
import Ethereum
import HTTPTypes
import Primitives
import Testing

@Suite("A provider key is stored under the wallet's signature alone", .onEveryEngine)
struct VaultTests {
    private static let secret = "sk-ant-canary-5d1e0b7a"
    private static let unlockPath = "/wallet/provider-vault/unlock"

    private func status(_ visitor: Visitor) async throws -> JSON {
        try await visitor.get("/wallet/apikey/status").good().json
    }

    private static func state(configured: Bool, unlocked: Bool, isProven: Bool = false) -> JSON {
        [
            "configured": .bool(configured), "persistent": true,
            "encryptionMode": configured ? "sign-to-derive" : nil, "unlocked": .bool(unlocked), "needsMigration": false,
            "textKind": configured ? "personal_sign" : nil,
            "determinism": configured ? .string(isProven ? "proven" : "unproven") : nil,
        ]
    }

    private func body(key: String = secret, _ signature: String?, _ nonce: String?) -> JSON {
        .object(
            [.init("anthropicApiKey", .string(key))] + (signature.map { [.init("signature", .string($0))] } ?? [])
                + (nonce.map { [.init("nonce", .string($0))] } ?? []))
    }

    @Test("Stored, it is configured and open for this session; no answer ever shows it")
    func happyPath() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            #expect(try await status(visitor) == VaultTests.state(configured: false, unlocked: false))
            let stored = try await visitor.storeKey(VaultTests.secret).good()
            #expect(
                stored.json == [
                    "success": true, "configured": true, "encryptionMode": "sign-to-derive", "unlocked": true,
                    "needsMigration": false,
                ])
            #expect(try await status(visitor) == VaultTests.state(configured: true, unlocked: true))
            for path in ["/wallet/apikey/status", "/wallet/settings", "/wallet/balance", "/metrics", "/health"] {
                #expect(try await !visitor.get(path).text.contains("canary"))
            }
            let deleted = try await visitor.send(.delete, "/wallet/apikey").good()
            #expect(deleted.json == ["success": true, "configured": false])
            #expect(try await status(visitor) == VaultTests.state(configured: false, unlocked: false))
            try await visitor.send(.delete, "/wallet/apikey").good()
        }
    }

    @Test("The text to sign is the same on every call and names wallet and gateway; the nonce is new")
    func challenge() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            let path = "/wallet/provider-vault/derive-challenge"
            let (one, two) = (try await visitor.get(path).good(), try await visitor.get(path).good())
            #expect(one["message"] == two["message"])
            #expect(one["nonce"] != two["nonce"])
            let text = try one.string("message")
            #expect(text.contains(TestGateway.origin) && text.contains(visitor.address))
        }
    }

    @Test("Without the right signature over the right text nothing is stored, and the nonce stays unused")
    func wrongProofs() async throws {
        try await withGateway { gateway in
            let (visitor, other) = (try await gateway.visitor(), try await gateway.visitor())
            let challenge = try await visitor.get("/wallet/provider-vault/derive-challenge").good()
            let (text, nonce) = (try challenge.string("message"), try challenge.string("nonce"))
            let good = visitor.key.signature(text)
            let loginText = try await gateway.challenge(for: visitor.address).string("message")
            let attempts: [(signature: String?, nonce: String?, code: String)] = [
                (nil, nonce, "signature_required"), (nil, nil, "signature_required"), (good, nil, "nonce_required"),
                (other.key.signature(text), nonce, "address_mismatch"),
                (visitor.key.signature(text + "\n"), nonce, "address_mismatch"),
                (visitor.key.signature(loginText), nonce, "address_mismatch"),
                (String(repeating: "0", count: 130), nonce, "signature_invalid"),
                ("0x" + String(repeating: "z", count: 130), nonce, "signature_invalid"),
                (good, "abc", "nonce_rejected"), (good, String(nonce.reversed()), "nonce_rejected"),
            ]
            for (signature, nonce, code) in attempts {
                try await visitor.send(.put, "/wallet/apikey", json: body(signature, nonce)).expect(400, code)
                let proof = JSON.object((body(signature, nonce).members ?? []).filter { $0.name != "anthropicApiKey" })
                try await visitor.send(.post, VaultTests.unlockPath, json: proof).expect(400, code)
            }
            #expect(try await status(visitor) == VaultTests.state(configured: false, unlocked: false))
            try await visitor.send(.put, "/wallet/apikey", json: body(good, nonce)).good()
        }
    }

    @Test("A nonce serves one call, of one wallet, within five minutes")
    func nonces() async throws {
        let clock = ManualClock(TestGateway.epoch)
        try await withGateway(clock: clock) { gateway in
            let (visitor, other) = (try await gateway.visitor(), try await gateway.visitor())
            let proof = try await visitor.vaultProof()
            let foreign = try await other.vaultProof()
            func store(_ nonce: String) async throws -> Answer {
                try await visitor.send(.put, "/wallet/apikey", json: body(proof.signature, nonce))
            }
            try await store(foreign.nonce).expect(400, "nonce_rejected")
            try await store(proof.nonce).good()
            try await store(proof.nonce).expect(400, "nonce_rejected")
            try await visitor.send(
                .post, VaultTests.unlockPath,
                json: ["signature": .string(proof.signature), "nonce": .string(proof.nonce)]
            ).expect(400, "nonce_rejected")
            let (late, later) = (try await visitor.vaultProof().nonce, try await visitor.vaultProof().nonce)
            clock.advance(seconds: 299)
            try await store(late).good()
            clock.advance(seconds: 1)
            try await store(later).expect(400, "nonce_rejected")
        }
    }

    @Test("A nonce of the login is none of the vault, and the other way round")
    func purposes() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            let proof = try await visitor.vaultProof()
            let login = try await gateway.challenge(for: visitor.address)
            for nonce in [try login.string("nonce"), try await gateway.challenge().string("nonce")] {
                try await visitor.send(.put, "/wallet/apikey", json: body(proof.signature, nonce))
                    .expect(400, "nonce_rejected")
            }
            let text = try login.string("message").replacing(try login.string("nonce"), with: proof.nonce)
            try await gateway.send(
                .post, "/auth/verify",
                json: [
                    "walletAddress": .string(visitor.address), "nonce": .string(proof.nonce),
                    "signature": .string(visitor.key.signature(text)),
                ]
            ).expect(401, "CHALLENGE_EXPIRED")
            // Neither was used up by that.
            try await visitor.send(.put, "/wallet/apikey", json: body(proof.signature, proof.nonce)).good()
            try await gateway.send(.post, "/auth/verify", json: try TestGateway.login(visitor.key, login)).good()
        }
    }

    static let badKeys: [JSON] = [
        "", "sk-1234", .string(String(repeating: "k", count: 513)), "sk-ant 12345", "sk-ant-\n12345", "sk-ant-ü12345",
        "sk-ant-\"12345", "sk-ant-\\12345", 12_345_678, nil, ["sk-ant-12345"],
    ]

    @Test("What cannot be a key is refused before any nonce is used, and not repeated to the sender")
    func keyForms() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            let proof = try await visitor.vaultProof()
            for key in VaultTests.badKeys {
                let answer = try await visitor.send(
                    .put, "/wallet/apikey",
                    json: [
                        "anthropicApiKey": key, "signature": .string(proof.signature), "nonce": .string(proof.nonce),
                    ])
                answer.expect(400, "invalid_request")
                #expect(!answer.text.contains("12345"))
            }
            let longest = body(key: String(repeating: "k", count: 512), proof.signature, proof.nonce)
            try await visitor.send(.put, "/wallet/apikey", json: longest).good()
            try await visitor.storeKey("sk-12345").good()
        }
    }

    @Test("A restart closes the vault; the same signature opens it again, for this session")
    func restart() async throws {
        let folder = try TemporaryFolder()
        let key = try await withGateway(in: folder) { gateway in
            let visitor = try await gateway.visitor()
            try await visitor.storeKey(VaultTests.secret).good()
            return visitor.key
        }
        for (name, bytes) in try folder.files() {
            #expect(bytes.firstRange(of: Array("canary".utf8)) == nil, "\(name)")
        }
        try await withGateway(in: folder) { gateway in
            let visitor = try await gateway.visitor(key)
            #expect(try await status(visitor) == VaultTests.state(configured: true, unlocked: false))
            let second = try await gateway.visitor(key)
            let unlocked = try await visitor.unlock().good()
            #expect(unlocked["unlockedProviders"] == ["anthropic"])
            #expect(unlocked["unlocked"] == true)
            for list in ["migratedProviders", "lockedProviders", "skippedProviders"] { #expect(unlocked[list] == []) }
            #expect((1...3_600_000).contains(unlocked["expiresInMs"].integer ?? 0))
            #expect(try await status(visitor) == VaultTests.state(configured: true, unlocked: true, isProven: true))
            #expect(try await status(second) == VaultTests.state(configured: true, unlocked: false, isProven: true))
        }
    }

    @Test("Logging out closes what this session opened, and not what another did")
    func logout() async throws {
        try await withGateway { gateway in
            let first = try await gateway.visitor()
            try await first.storeKey().good()
            let second = try await gateway.visitor(first.key)
            try await second.unlock().good()
            try await first.send(.post, "/auth/logout").good()
            #expect(try await status(second) == VaultTests.state(configured: true, unlocked: true, isProven: true))
            let third = try await gateway.visitor(first.key)
            #expect(try await status(third) == VaultTests.state(configured: true, unlocked: false, isProven: true))
        }
    }

    @Test("An open vault closes after an hour")
    func window() async throws {
        let clock = ManualClock(TestGateway.epoch)
        try await withGateway(clock: clock) { gateway in
            let visitor = try await gateway.visitor()
            try await visitor.storeKey().good()
            clock.advance(seconds: 3_599)
            #expect(try await status(visitor) == VaultTests.state(configured: true, unlocked: true))
            clock.advance(seconds: 1)
            #expect(try await status(visitor) == VaultTests.state(configured: true, unlocked: false))
        }
    }

    @Test("Unlocking sorts the providers that were asked for")
    func providers() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            func unlock(_ providers: JSON?) async throws -> Answer {
                let proof = try await visitor.vaultProof()
                let named = providers.map { [JSON.Member("providers", $0)] } ?? []
                return try await visitor.send(
                    .post, VaultTests.unlockPath,
                    json: .object(
                        [.init("signature", .string(proof.signature)), .init("nonce", .string(proof.nonce))] + named))
            }
            #expect(try await unlock(nil).good()["unlocked"] == false)
            try await visitor.storeKey().good()
            let both = try await unlock(["openai", "anthropic"]).good()
            #expect(both["unlockedProviders"] == ["anthropic"])
            #expect(both["skippedProviders"] == ["openai"])
            #expect(try await unlock([]).good()["unlockedProviders"] == [])
            #expect(try await unlock(.null).good()["unlockedProviders"] == ["anthropic"])
            for bad in [
                "anthropic", [1], .array(Array(repeating: "a", count: 17)),
                [.string(String(repeating: "a", count: 33))],
            ] as [JSON] {
                try await unlock(bad).expect(400, "invalid_request")
            }
        }
    }

    @Test("Of many calls with one nonce one succeeds")
    func race() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            let proof = try await visitor.vaultProof()
            let request = body(proof.signature, proof.nonce)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await visitor.send(.put, "/wallet/apikey", json: request).status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [200] + Array(repeating: 400, count: 7))
        }
    }
}
