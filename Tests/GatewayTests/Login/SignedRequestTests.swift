import Cryptography
import Ethereum
import HTTPTypes
import Identity
import Primitives
import Testing

@Suite("A request that a wallet signed needs no token")
struct SignedRequestTests {
    /// The fields that make a request a signed one.
    private func signature(
        _ key: WalletKey, _ method: HTTPMethod, _ path: String, body: JSON? = nil, revision: SignatureRevision = .b
    ) throws -> [(String, String)] {
        let parts = path.split(separator: "?", maxSplits: 1).map(String.init)
        let content = body?.bytes ?? []
        let message = SignedMessage(
            method: method.rawValue, origin: try #require(WebOrigin(TestGateway.origin)), path: parts[0],
            query: parts.count > 1 ? parts[1] : nil, hasContent: !content.isEmpty
        ) { body != nil && $0 == "content-type" ? ["application/json"] : [] }
        let signer = RequestSigner(key: key, chainID: 8_453, revision: revision)
        return try signer.fields(for: message, content: content, at: SystemClock().now(), random: SystemRandom())
            .map { ($0.name, $0.value) }
    }

    private func send(
        _ gateway: TestGateway, _ key: WalletKey, _ method: HTTPMethod, _ path: String, json: JSON? = nil,
        token: String? = nil, revision: SignatureRevision = .b
    ) async throws -> Answer {
        let fields = try signature(key, method, path, body: json, revision: revision)
        return try await gateway.send(method, path, json: json, token: token, fields: fields)
    }

    @Test("It is served once, as the wallet's own; its repetition says why not")
    func served() async throws {
        try await withGateway { gateway in
            let key = try WalletKey.generate()
            let fund = try await send(gateway, key, .post, "/wallet/faucet", json: ["amount": "2000000"])
            #expect(fund.status < 300, "\(fund.text)")
            let fields = try signature(key, .get, "/wallet/balance")
            try await gateway.send(.get, "/wallet/balance", fields: fields).good()
            let again = try await gateway.send(.get, "/wallet/balance", fields: fields)
            again.expect(401, "nonce_reused")
            #expect(again["reason"] == "nonce_reused")
            #expect(again.fields["WWW-Authenticate"] == "ERC8128 error=\"nonce_reused\"")
            let visitor = try await gateway.visitor(key)
            #expect(try await visitor.available() == 2_000_000)
            try await send(gateway, key, .get, "/wallet/transactions?limit=5").good()
        }
    }

    @Test("With a token beside it the signature counts, good or bad")
    func precedence() async throws {
        try await withGateway { gateway in
            let (key, other) = (try WalletKey.generate(), try await gateway.visitor())
            try await other.fund(1_000_000)
            let balance = try await send(gateway, key, .get, "/wallet/balance", token: other.token).good()
            #expect(try balance.string("availableBalance") == "0")
            let fields = try signature(key, .get, "/wallet/settings")
            let wrong = try await gateway.send(.get, "/wallet/balance", token: other.token, fields: fields)
            wrong.expect(401, "bad_signature")
            let foreign = [
                ("Signature-Input", "proxy=(\"@method\");created=1;tag=\"proxy\""), ("Signature", "proxy=:AAAA:"),
            ]
            let passed = try await gateway.send(.get, "/wallet/balance", token: other.token, fields: foreign).good()
            #expect(try passed.string("availableBalance") == "1000000")
            try await gateway.send(.get, "/wallet/balance", fields: foreign).expect(401, "no_acceptable_signature")
        }
    }

    @Test("One that covers too little is told what to cover, and one that cannot be read is a bad request")
    func hints() async throws {
        try await withGateway { gateway in
            let key = try WalletKey.generate()
            let early = try await send(gateway, key, .get, "/wallet/balance", revision: .a)
            early.expect(401, "no_acceptable_signature")
            let now = SystemClock().now().unixSeconds
            let answer = try await gateway.send(
                .post, "/wallet/faucet", json: ["amount": "1"],
                fields: [
                    (
                        "Signature-Input",
                        "eth=(\"@authority\");created=\(now);expires=\(now + 60);nonce=\"n\""
                            + ";keyid=\"eip155:8453:\(key.address.lowercase)\";tag=\"erc8128\""
                    ),
                    ("Signature", "eth=:AAAA:"),
                ])
            answer.expect(401, "insufficient_coverage")
            #expect(
                answer.fields["Accept-Signature"]
                    == "request=(\"@scheme\" \"@authority\" \"@method\" \"@path\" \"@query\" \"content-digest\" "
                    + "\"content-type\");created;expires;tag=\"erc8128\"")
            for (input, code) in [
                ("eth=(", "signature_input_invalid"), ((0..<40).map { "a\($0)," }.joined(), "signature_too_large"),
            ] {
                let fields = [("Signature-Input", input + "x"), ("Signature", "eth=:AAAA:")]
                try await gateway.send(.get, "/wallet/balance", fields: fields).expect(400, code)
            }
        }
    }

    @Test("No vault opens for it, and there is no session to end")
    func withoutSession() async throws {
        try await withGateway { gateway in
            let key = try WalletKey.generate()
            let challenge = try await send(gateway, key, .get, "/wallet/provider-vault/derive-challenge").good()
            let stored = try await send(
                gateway, key, .put, "/wallet/apikey",
                json: [
                    "anthropicApiKey": "sk-ant-test-0123456789", "nonce": .string(try challenge.string("nonce")),
                    "signature": .string(key.signature(try challenge.string("message"))),
                ]
            ).good()
            #expect(stored["unlocked"] == false)
            let unlock: JSON = ["signature": .string(key.signature("x")), "nonce": "x"]
            try await send(gateway, key, .post, "/wallet/provider-vault/unlock", json: unlock)
                .expect(403, "insufficient_permissions")
            try await send(gateway, key, .post, "/auth/logout").good()
            let status = try await send(gateway, key, .get, "/wallet/apikey/status").good()
            #expect(status["configured"] == true)
            #expect(status["unlocked"] == false)
        }
    }

    @Test("A large body is kept for a good signature alone")
    func largeBody() async throws {
        try await withGateway { gateway in
            let path = "/agents/assistant/sessions/ses_none/chat"
            let body: JSON = ["message": .string(String(repeating: "m", count: 20 << 10))]
            let key = try WalletKey.generate()
            try await send(gateway, key, .post, path, json: body).expect(404, "session_not_found")
            let fields = try signature(key, .post, path + "x", body: body)
            try await gateway.send(.post, path, json: body, fields: fields).expect(401, "unauthorized")
        }
    }

    @Test("What is taken is a setting, and published", arguments: ["off", "b", "a+b"])
    func setting(value: String) async throws {
        try await withGateway(settings: ["SEALGATE_ERC8128": value]) { gateway in
            let key = try WalletKey.generate()
            for revision in SignatureRevision.allCases {
                let isTaken = value == "a+b" || value == revision.rawValue
                let answer = try await send(gateway, key, .get, "/wallet/balance", revision: revision)
                #expect(answer.status == (isTaken ? 200 : 401), "\(answer.text)")
            }
            let policy = try await gateway.send(.get, "/.well-known/erc8128")
            if value == "off" { return policy.expect(404, "not_found") }
            #expect(
                policy.good().json == [
                    "max_validity_sec": 60, "chains": ["eip155:8453"], "account_verification": "eoa-only",
                    "route_policies": ["default": ["replay": "non-replayable", "content_digest": "request-body"]],
                ])
        }
    }
}
