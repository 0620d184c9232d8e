import DatabaseFixtures
import Ethereum
import HTTPTypes
import Primitives
import Testing

@Suite("A wallet token is good for what its signed text says", .onEveryEngine)
struct WalletTokenTests {
    private static let expires = "2026-10-01T00:00:00Z"

    /// Asks for the text, signs it, and has the token made.
    private func make(
        _ gateway: TestGateway, _ key: WalletKey, expires: String = expires, permissions: [String]? = nil,
        server: String? = nil
    ) async throws -> Answer {
        var query = "walletAddress=\(key.address.lowercase)&expiresAt=\(PercentEncoding.encode(expires))"
        if let permissions { query += "&permissions=\(permissions.joined(separator: ","))" }
        if let server { query += "&serverId=\(server)" }
        let message = try await gateway.send(.get, "/api/auth/token-message?" + query).good().string("message")
        var body: [JSON.Member] = [
            .init("walletAddress", .string(key.address.lowercase)), .init("expiresAt", .string(expires)),
            .init("signature", .string(key.signature(message))),
        ]
        if let permissions { body.append(.init("permissions", .array(permissions.map { .string($0) }))) }
        if let server { body.append(.init("serverId", .string(server))) }
        return try await gateway.send(.post, "/api/auth/create-token", json: .object(body))
    }

    private func visitor(
        _ gateway: TestGateway, _ key: WalletKey, permissions: [String]? = nil, server: String? = nil
    ) async throws -> Visitor {
        let answer = try await make(gateway, key, permissions: permissions, server: server).good()
        return Visitor(gateway: gateway, key: key, token: try answer.string("token"))
    }

    private func withStandingClock(_ body: (TestGateway, ManualClock) async throws -> Void) async throws {
        let clock = ManualClock(try #require(Timestamp(iso8601: "2026-09-01T00:00:00Z")))
        try await withGateway(clock: clock) { try await body($0, clock) }
    }

    /// One call behind each permission that a route asks for. What it answers when it is let in does not matter.
    private static let doors = commonDoors + providerDoors + secretDoors

    private typealias Door = (permission: String, method: HTTPMethod, path: String, body: JSON?)

    private static let commonDoors: [Door] = [
        ("wallet:read", .get, "/wallet/balance", nil), ("wallet:read", .get, "/wallet/transactions", nil),
        ("wallet:read", .get, "/wallet/settings", nil), ("wallet:write", .put, "/wallet/settings", [:]),
        ("wallet:fund", .post, "/wallet/faucet", ["amount": "10000"]),
        ("vault:read", .get, "/wallet/apikey/status", nil),
        ("vault:read", .get, "/wallet/provider-vault/sealing-key", nil),
        ("vault:write", .put, "/wallet/apikey", ["anthropicApiKey": "sk-ant-12345"]),
        ("vault:write", .delete, "/wallet/apikey", nil),
        ("vault:read", .get, "/wallet/provider-vault/grants", nil), ("vault:read", .get, "/wallet/vault-audit", nil),
        ("agents:read", .get, "/wallet/sessions", nil), ("agents:read", .get, "/agents/assistant/sessions", nil),
        ("agents:read", .get, "/agents/assistant/sessions/cnv_1", nil),
        ("agents:write", .post, "/agents/assistant/sessions", [:]),
        ("agents:write", .delete, "/agents/assistant/sessions/cnv_1", nil),
        ("agents:chat", .post, "/agents/assistant/sessions/cnv_1/chat", ["message": "x"]),
        ("sessions:read", .get, "/auth/sessions", nil), ("apikeys:read", .get, "/auth/api-keys", nil),
        ("sessions:write", .delete, "/auth/sessions/lgn_1", nil),
        ("apikeys:write", .post, "/auth/api-keys", ["name": "a", "permissions": []]),
        ("apikeys:write", .post, "/auth/api-keys/key_1/rotate", [:]),
        ("apikeys:write", .delete, "/auth/api-keys/key_1", nil),
        ("sessions:write", .delete, "/auth/sessions?keepCurrent=1&keepWalletTokens=1", nil),
        ("devices:read", .get, "/auth/devices", nil), ("devices:write", .delete, "/auth/devices/dev_1", nil),
        ("devices:write", .post, "/auth/device/approve", ["userCode": "ACDE-3479"]),
        ("github:read", .get, "/auth/github/repositories", nil),
        ("github:write", .delete, "/auth/github/repositories/rep_1", nil),
        ("github:write", .post, "/auth/github/repositories", ["repository": "a/b", "permissions": ["wallet:read"]]),
        ("peers:delegate", .post, "/api/auth/peer-token", ["peer": "https://peer.example"]),
    ]
    /// What concerns credentials is granted by name alone.
    private static let credentials = ["sessions", "apikeys", "devices", "github", "peers"]

    private static let providerDoors: [Door] = [
        "minimax", "openrouter", "zai", "deepseek", "gemini", "openai", "kimi", "opencode",
    ].flatMap { slug -> [Door] in
        [
            ("vault:read", .get, "/wallet/\(slug)-apikey/status", nil),
            ("vault:write", .put, "/wallet/\(slug)-apikey", ["\(slug)ApiKey": "sk-12345"]),
            ("vault:write", .delete, "/wallet/\(slug)-apikey", nil),
        ]
    }

    private static let secretDoors: [Door] =
        ["provider-vault", "mcp-secrets", "agent-secrets"].flatMap { area -> [Door] in
            [
                ("vault:read", .get, "/wallet/\(area)/derive-challenge", nil),
                ("vault:unlock", .post, "/wallet/\(area)/unlock", [:]),
                ("vault:unlock", .post, "/wallet/\(area)/lock", [:]),
                ("vault:read", .get, "/wallet/\(area)/rotate-challenge", nil),
                ("vault:write", .post, "/wallet/\(area)/rotate", [:]),
            ]
        }
        + ["mcp-secrets/github", "agent-secrets/assistant"].flatMap { place -> [Door] in
            [
                ("vault:write", .post, "/wallet/\(place)", ["secrets": ["KEY": "x"]]),
                ("vault:read", .get, "/wallet/\(place)", nil), ("vault:write", .delete, "/wallet/\(place)", nil),
            ]
        }
        + [
            ("secrets:read", .get, "/wallet/mcp-secrets/github/values", nil),
            ("secrets:read", .get, "/wallet/mcp-secrets/github/values/KEY", nil),
        ]

    private static let permissions = Set(doors.map(\.permission)).sorted()

    @Test("The table of doors is every route that asks for a permission")
    func doorsAreComplete() async throws {
        try await withGateway { gateway in
            let documented = gateway.contract.operations.compactMap { operation in
                operation.operation["x-permission"]?.string.map { "\(operation.method) \(operation.path) \($0)" }
            }
            let doors = WalletTokenTests.doors.map { door in
                let path = [
                    ("agent-secrets/assistant", "agent-secrets/{agentId}"), ("assistant", "{id}"), ("cnv_1", "{sid}"),
                    ("mcp-secrets/github", "mcp-secrets/{serverId}"), ("KEY", "{key}"), ("lgn_1", "{id}"),
                    ("key_1", "{id}"),
                    ("dev_1", "{id}"), ("rep_1", "{id}"),
                ].reduce(door.path) { $0.replacing($1.0, with: $1.1) }.prefix { $0 != "?" }
                return "\(door.method.rawValue) \(path) \(door.permission)"
            }
            #expect(Set(doors) == Set(documented))
        }
    }

    private static func isOpen(_ permission: String, to granted: [String]?) -> Bool {
        let needed = permission.split(separator: ":").map(String.init)
        let isOfCredentials = credentials.contains(needed[0])
        guard let granted else { return !isOfCredentials }
        for grant in granted {
            let parts = grant.split(separator: ":").map(String.init)
            let namespaceFits = parts[0] == needed[0] || (parts[0] == "*" && !isOfCredentials)
            if namespaceFits && (parts[1] == "*" || parts[1] == needed[1]) { return true }
        }
        return false
    }

    @Test(
        "A token without limits opens all doors but those to credentials, one with `none` none, a list its own",
        arguments: [nil, []] + permissions.map { [$0] } + [
            ["wallet:*"], ["*:read"], ["*:*"], ["vault:read", "agents:chat"], ["*:*", "sessions:*"],
        ])
    func matrix(granted: [String]?) async throws {
        try await withStandingClock { gateway, _ in
            let key = try WalletKey.generate()
            let visitor: Visitor
            if granted == [] {
                let text =
                    "MCP Gateway Auth\nWallet: \(key.address.checksummed)\nExpires: \(WalletTokenTests.expires)\n"
                    + "Permissions: none"
                let body: JSON = [
                    "walletAddress": .string(key.address.lowercase), "expiresAt": .string(WalletTokenTests.expires),
                    "permissions": [], "signature": .string(key.signature(text)),
                ]
                let answer = try await gateway.send(.post, "/api/auth/create-token", json: body).good()
                visitor = Visitor(gateway: gateway, key: key, token: try answer.string("token"))
            } else {
                visitor = try await self.visitor(gateway, key, permissions: granted)
            }
            for door in WalletTokenTests.doors {
                let isAllowed = WalletTokenTests.isOpen(door.permission, to: granted)
                let answer = try await visitor.send(door.method, door.path, json: door.body)
                #expect((answer.code == "insufficient_permissions") == !isAllowed, "\(door) with \(granted ?? ["all"])")
                // Some doors open to a login alone.
                #expect((answer.status == 403) == (!isAllowed || answer.code == "login_required"))
                #expect(answer.status != 401 && answer.status < 500)
            }
            // Any good token may end itself.
            try await visitor.send(.post, "/auth/logout").good()
        }
    }

    @Test("A token for one tool server opens nothing of the wallet's own, whatever it may do there")
    func server() async throws {
        try await withStandingClock { gateway, _ in
            let visitor = try await visitor(gateway, try WalletKey.generate(), permissions: ["*:*"], server: "files")
            for door in WalletTokenTests.doors {
                try await visitor.send(door.method, door.path, json: door.body).expect(403, "insufficient_permissions")
            }
        }
    }

    @Test("It outlives a restart, and its logout does as well")
    func restart() async throws {
        let folder = try TemporaryFolder()
        let key = try WalletKey.generate()
        let clock = ManualClock(try #require(Timestamp(iso8601: "2026-09-01T00:00:00Z")))
        let (kept, ended) = try await withGateway(in: folder, clock: clock) { gateway in
            let kept = try await visitor(gateway, key)
            let ended = try await visitor(gateway, key, permissions: ["wallet:read"])
            try await ended.send(.post, "/auth/logout").good()
            try await ended.get("/wallet/balance").expect(401, "SESSION_REVOKED")
            return (kept.token, ended.token)
        }
        try await withGateway(in: folder, clock: clock) { gateway in
            try await gateway.send(.get, "/wallet/balance", token: kept).good()
            try await gateway.send(.get, "/wallet/balance", token: ended).expect(401, "SESSION_REVOKED")
        }
    }

    @Test("It ends when its text says, whatever is written beside the text")
    func expiry() async throws {
        try await withStandingClock { gateway, clock in
            let visitor = try await visitor(gateway, try WalletKey.generate())
            clock.advance(seconds: 30 * 86_400 - 1)
            #expect(try await visitor.isLoggedIn())
            clock.advance(seconds: 1)
            try await visitor.get("/wallet/balance").expect(401, "TOKEN_EXPIRED")
        }
    }

    @Test("Only the signed text counts: members written beside it change nothing or end the token")
    func alteredPayload() async throws {
        try await withStandingClock { gateway, _ in
            let (victim, thief) = (try WalletKey.generate(), try WalletKey.generate())
            let limited = try await visitor(gateway, victim, permissions: ["wallet:read"])
            let own = try await visitor(gateway, thief)
            let payload = try JSON(parsing: try #require(Base64.decodeURL(String(limited.token.dropFirst(6)))))
            let foreign = try JSON(parsing: try #require(Base64.decodeURL(String(own.token.dropFirst(6)))))
            func send(_ changes: JSON.Member...) async throws -> Answer {
                let kept = (payload.members ?? []).filter { member in !changes.contains { $0.name == member.name } }
                let token = "mcpwt_" + Base64.encodeURL(JSON.object(kept + changes).bytes)
                return try await limited.with(token: token).send(.put, "/wallet/settings", json: ["a": 1])
            }
            try await send().expect(403, "insufficient_permissions")
            try await send(.init("permissions", ["*:*"])).expect(403, "insufficient_permissions")
            try await send(.init("permissions", nil)).expect(403, "insufficient_permissions")
            let text = try #require(payload["msg"]?.string)
            let fatal: [JSON.Member] = [
                .init("msg", .string(text.replacing("wallet:read", with: "*:*"))),
                .init("msg", .string(text.replacing("\nPermissions: wallet:read", with: ""))),
                .init("sig", foreign["sig"] ?? .null), .init("wallet", foreign["wallet"] ?? .null),
                .init("exp", 1_900_000_000), .init("v", 2), .init("msg", foreign["msg"] ?? .null),
            ]
            for change in fatal {
                let answer = try await send(change)
                #expect(answer.status == 401, "\(change.name)")
            }
        }
    }

    static let refused: [(change: JSON.Member, status: Int, code: String)] = [
        (.init("expiresAt", "tomorrow"), 400, "malformed_expiry"),
        (.init("expiresAt", "2026-08-31T23:59:59Z"), 400, "TOKEN_EXPIRED"),
        (.init("expiresAt", "2027-09-02T00:00:01Z"), 400, "lifetime_too_long"),
        (.init("expiresAt", "2026-10-01T00:00:01Z"), 401, "ADDRESS_MISMATCH"),
        (.init("expiresAt", .string(String(repeating: "1", count: 41))), 400, "invalid_request"),
        (.init("permissions", ["wallet:read"]), 401, "ADDRESS_MISMATCH"),
        (.init("permissions", ["wallet"]), 400, "malformed_permissions"),
        (.init("permissions", .array(Array(repeating: "a:b", count: 17))), 400, "invalid_request"),
        (.init("permissions", "wallet:read"), 400, "invalid_request"),
        (.init("serverId", "files"), 401, "ADDRESS_MISMATCH"), (.init("serverId", "a b"), 400, "malformed_server"),
        (.init("serverId", "a\nPermissions: *:*"), 400, "malformed_server"),
        (.init("signature", .string(String(repeating: "0", count: 130))), 401, "SIGNATURE_INVALID"),
        (.init("walletAddress", "0xFB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"), 400, "malformed_address"),
        (.init("walletAddress", "0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359"), 401, "ADDRESS_MISMATCH"),
    ]

    @Test("A token is made only for what was signed, for a year at most")
    func refusals() async throws {
        try await withStandingClock { gateway, _ in
            let key = try WalletKey.generate()
            let query = "walletAddress=\(key.address.lowercase)&expiresAt=\(WalletTokenTests.expires)"
            let text = try await gateway.send(.get, "/api/auth/token-message?\(query)").good().string("message")
            let good: [JSON.Member] = [
                .init("walletAddress", .string(key.address.lowercase)),
                .init("expiresAt", .string(WalletTokenTests.expires)), .init("signature", .string(key.signature(text))),
            ]
            for (change, status, code) in WalletTokenTests.refused {
                let body = JSON.object(good.filter { $0.name != change.name } + [change])
                try await gateway.send(.post, "/api/auth/create-token", json: body).expect(status, code)
            }
            try await gateway.send(.post, "/api/auth/create-token", json: .object(good)).good()
            try await make(gateway, key, expires: "2027-09-01T00:00:00Z").good()
        }
    }
}
