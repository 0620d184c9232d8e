import Ethereum
import HTTPTypes
import Primitives
import Testing

@Suite("A wallet's owner manages what acts for the wallet")
struct CredentialTests {
    private func key(
        _ visitor: Visitor, _ permissions: [String], _ more: [JSON.Member] = []
    ) async throws -> (id: String, visitor: Visitor) {
        let body: [JSON.Member] = [
            .init("name", "build"), .init("permissions", .array(permissions.map { .string($0) })),
        ]
        let made = try await visitor.send(.post, "/auth/api-keys", json: .object(body + more)).good(201)
        return (try made.string("id"), visitor.with(token: try made.string("apiKey")))
    }

    @Test("An API key works as bearer and in its own field, and not in both at once")
    func fields() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            let program = try await key(visitor, ["wallet:read"]).visitor
            let balance = try await program.get("/wallet/balance").good()
            #expect(balance["walletAddress"].string == visitor.address)
            func send(_ fields: [(String, String)]) async throws -> Answer {
                try await gateway.send(.get, "/wallet/balance", fields: fields)
            }
            try await send([("X-Api-Key", program.token)]).good()
            try await send([("X-Api-Key", program.token), ("X-Api-Key", program.token)]).expect(401, "unauthorized")
            try await send([("X-Api-Key", program.token), ("Authorization", "Bearer \(program.token)")])
                .expect(401, "unauthorized")
            try await send([("X-Api-Key", visitor.token)]).expect(401, "TOKEN_MALFORMED")
            try await send([("X-Api-Key", program.token.replacing("sgk_", with: "sgk-"))])
                .expect(401, "TOKEN_MALFORMED")
            let last = program.token.hasSuffix("A") ? "B" : "A"
            try await send([("X-Api-Key", program.token.dropLast() + last)]).expect(401, "SIGNATURE_INVALID")
            try await program.get("/wallet/settings").good()
            try await program.send(.put, "/wallet/settings", json: [:]).expect(403, "insufficient_permissions")
        }
    }

    @Test("A key is listed by its prefix, rotated with an overlap, and gone once revoked")
    func life() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            let (id, program) = try await key(visitor, ["wallet:read"])
            let listed = try #require(try await visitor.get("/auth/api-keys").good()["apiKeys"].array?.first)
            #expect(listed["id"]?.string == id)
            #expect(listed["name"] == "build")
            #expect(program.token.hasPrefix(try #require(listed["prefix"]?.string)))
            #expect(!listed.bytes.contains(subsequence: Array(program.token.utf8)))
            let rotated = try await visitor.send(.post, "/auth/api-keys/\(id)/rotate", json: ["overlapSeconds": 60])
                .good()
            #expect(rotated["previous"]["prefix"]?.string == listed["prefix"]?.string)
            let fresh = program.with(token: try rotated.string("apiKey"))
            #expect(try await program.isLoggedIn())
            #expect(try await fresh.isLoggedIn())
            try await visitor.send(.delete, "/auth/api-keys/\(id)").good()
            for old in [program, fresh] { try await old.get("/wallet/balance").expect(401, "SESSION_REVOKED") }
            try await visitor.send(.delete, "/auth/api-keys/\(id)").expect(404, "unknown_api_key")
            #expect(try await visitor.get("/auth/api-keys").good()["apiKeys"] == [])
        }
    }

    @Test("A key opens the vault for itself alone, and revoking it closes that")
    func vault() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            let (id, program) = try await key(visitor, ["vault:*", "wallet:read"])
            try await program.storeKey().good()
            #expect(try await program.get("/wallet/apikey/status").good()["unlocked"] == true)
            #expect(try await visitor.get("/wallet/apikey/status").good()["unlocked"] == false)
            let before = try await gateway.openVaults()
            try await visitor.send(.delete, "/auth/api-keys/\(id)").good()
            #expect(try await gateway.openVaults() == before - 1)
        }
    }

    @Test("A key makes no key that could do more, and one without the right by name makes none")
    func escalation() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            let body: JSON = ["name": "a", "permissions": ["wallet:write"]]
            let reader = try await key(visitor, ["*:*"]).visitor
            try await reader.send(.post, "/auth/api-keys", json: body).expect(403, "insufficient_permissions")
            let maker = try await key(visitor, ["apikeys:*", "wallet:read"]).visitor
            try await maker.send(.post, "/auth/api-keys", json: body).expect(403, "permission_not_held")
            let child = try await key(maker, ["wallet:read"]).visitor
            #expect(try await child.isLoggedIn())
        }
    }

    @Test("Sessions are listed, ended one by one, and all at once")
    func sessions() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            let second = try await gateway.visitor(visitor.key)
            let stranger = try await gateway.visitor()
            let program = try await key(visitor, ["wallet:read"]).visitor
            let list = try await visitor.get("/auth/sessions").good()["sessions"].array ?? []
            #expect(list.compactMap { $0["current"]?.bool }.sorted { $0 && !$1 } == [true, false])
            let other = try #require(list.first { $0["current"] == false }?["id"]?.string)
            try await stranger.send(.delete, "/auth/sessions/\(other)").expect(404, "unknown_session")
            try await visitor.send(.delete, "/auth/sessions/\(other)").good()
            try await second.get("/wallet/balance").expect(401, "SESSION_REVOKED")

            let third = try await gateway.visitor(visitor.key)
            let kept = try await visitor.send(.delete, "/auth/sessions?keepCurrent=1").good()
            #expect(kept["sessions"] == 1)
            #expect(try await !third.isLoggedIn())
            #expect(try await visitor.isLoggedIn())
            #expect(try await program.isLoggedIn())
            let all = try await visitor.send(.delete, "/auth/sessions?apiKeys=1").good()
            #expect(all["sessions"] == 1)
            #expect(all["apiKeys"] == 1)
            for gone in [visitor, program] { try await gone.get("/wallet/balance").expect(401, "SESSION_REVOKED") }
            #expect(try await stranger.isLoggedIn())
        }
    }

    @Test("Ending a session closes the vault that it had open")
    func sessionVault() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            let second = try await gateway.visitor(visitor.key)
            try await second.storeKey().good()
            let before = try await gateway.openVaults()
            let list = try await second.get("/auth/sessions").good()["sessions"].array ?? []
            let own = try #require(list.first { $0["current"] == true }?["id"]?.string)
            try await visitor.send(.delete, "/auth/sessions/\(own)").good()
            #expect(try await gateway.openVaults() == before - 1)
        }
    }
}

extension TestGateway {
    /// How many vaults are open, by the gateway's own count.
    fileprivate func openVaults() async throws -> Int {
        let line = try #require(
            try await send(.get, "/metrics").good().text.split(separator: "\n").first {
                $0.hasPrefix("sealgate_open_vaults ")
            })
        return try #require(Int(line.split(separator: " ")[1]))
    }
}

extension Array where Element: Equatable {
    fileprivate func contains(subsequence other: [Element]) -> Bool {
        guard count >= other.count else { return false }
        return (0...count - other.count).contains { self[$0..<$0 + other.count].elementsEqual(other) }
    }
}
