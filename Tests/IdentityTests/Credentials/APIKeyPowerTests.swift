import Database
import Ethereum
import Primitives
import Testing

@testable import Identity

@Suite("An API key can never be more than it was made")
struct APIKeyPowerTests {
    @Test(
        "A key mints no key that could do more than itself",
        arguments: [
            (["apikeys:write", "wallet:read"], ["wallet:read"], true), (["apikeys:write"], [], true),
            (["apikeys:write", "wallet:read"], ["wallet:read", "apikeys:write"], true),
            (["apikeys:write", "wallet:read"], ["wallet:*"], false),
            (["apikeys:write", "*:*"], ["sessions:write"], false), (["apikeys:write", "*:*"], ["*:*"], true),
            (["apikeys:write"], ["apikeys:*"], false), (["apikeys:*", "wallet:*"], ["*:read"], false),
        ])
    func minting(own: [String], wished: [String], isAllowed: Bool) async throws {
        let gate = try await Gate.open()
        let owner = try await gate.owner(gate.apiKey(own).text)
        let error = try await keyError {
            try await gate.credentials().createAPIKey(.init(name: "child", permissions: wished), by: owner)
        }
        #expect(error == (isAllowed ? nil : .permissionNotHeld))
        await gate.close()
    }

    @Test("A key mints no key that outlives it, and rotates none that could do more or would live longer")
    func outliving() async throws {
        let gate = try await Gate.open()
        let hour = Gate.start.adding(seconds: 3_600)
        let small = try await gate.apiKey(["apikeys:write", "wallet:read"], expiresAt: hour.iso8601)
        let large = try await gate.apiKey(["wallet:*"])
        let owner = try await gate.owner(small.text)
        let credentials = gate.credentials()
        let child = try await credentials.createAPIKey(.init(name: "child", permissions: ["wallet:read"]), by: owner)
        #expect(child.key.current.endsAt == hour)
        let later = hour.adding(seconds: 1).iso8601
        let outlives = try await keyError {
            try await credentials.createAPIKey(.init(name: "child", permissions: [], expiresAt: later), by: owner)
        }
        #expect(outlives == .outlivesCaller)
        #expect(
            try await keyError { try await credentials.rotateAPIKey(large.key.id, by: owner) } == .permissionNotHeld)
        let own = try await keyError {
            try await credentials.rotateAPIKey(small.key.id, expiresAt: later, by: owner)
        }
        #expect(own == .outlivesCaller)
        let rotated = try await credentials.rotateAPIKey(small.key.id, by: owner)
        #expect(rotated.key.current.endsAt == hour)
        await gate.close()
    }

    /// What somebody who can write the database tries with a key that they hold.
    static let tampering: [(name: String, sql: String)] = [
        ("another wallet", "update api_keys set wallet_id = (select min(id) from wallets)"),
        ("more permissions", "update api_keys set permissions = '*:*'"),
        ("no tool server", "update api_keys set server = null"),
        ("a longer life", "update api_key_secrets set expires_at = expires_at + 1, ends_at = ends_at + 1"),
        ("another code", "update api_key_secrets set code = x'00'"),
        ("no code", "update api_key_secrets set code = x''"),
        (
            "another key's code",
            "update api_key_secrets set code = (select code from api_key_secrets order by created_at, prefix limit 1)"
        ),
        ("another key's row", "update api_key_secrets set key_id = (select max(id) from api_keys)"),
    ]

    @Test("Whoever writes the database can end a key, not widen it", arguments: tampering.indices)
    func database(index: Int) async throws {
        let gate = try await Gate.open()
        _ = try await gate.logIn(Fixed.wallet(2))
        let made = try await gate.apiKey(["wallet:read"], server: "files")
        gate.clock.advance(seconds: 1)
        let other = try await gate.apiKey(["agents:chat"])
        let sql = APIKeyPowerTests.tampering[index].sql
        try await gate.database.write { tx in _ = try tx.execute(sql) }
        let refusals = [await refusal(gate, made.text), await refusal(gate, other.text)]
        #expect(refusals.contains(.revoked), "\(APIKeyPowerTests.tampering[index].name)")
        for (text, permission) in [(made.text, "wallet:read"), (other.text, "agents:chat")] {
            guard let principal = try? await gate.authenticator.authenticate(bearer: text) else { continue }
            #expect(principal.rights == .only([try #require(Permission(permission))]))
            #expect(principal.address == (try Fixed.address()))
        }
        await gate.close()
    }

    @Test(
        "A rotation blesses nothing that was altered, nor what cannot be checked",
        arguments: [
            "update api_keys set permissions = '*:*'", "update api_keys set server = null",
            "update api_key_secrets set expires_at = expires_at + 1",
            "update api_key_secrets set facts_code = null", "update api_key_secrets set facts_code = code",
        ])
    func rotation(sql: String) async throws {
        let gate = try await Gate.open()
        let owner = try await gate.owner(gate.logIn(Fixed.wallet()).token)
        let credentials = gate.credentials()
        let made = try await credentials.createAPIKey(
            .init(name: "build", permissions: ["wallet:read"], server: "files"), by: owner)
        let rotated = try await credentials.rotateAPIKey(made.key.id, by: owner)
        try await gate.database.write { tx in _ = try tx.execute(sql) }
        #expect(try await keyError { try await credentials.rotateAPIKey(made.key.id, by: owner) } == .notRotatable)
        #expect(try await gate.count("api_key_secrets") == 2)
        let isGood = sql.contains("facts_code")
        #expect(await refusal(gate, rotated.text) == (isGood ? nil : .revoked))
        await gate.close()
    }

    @Test("Its last use is known to ten minutes, and costs a write in ten minutes at most")
    func lastUse() async throws {
        let gate = try await Gate.open()
        let made = try await gate.apiKey()
        let login = try await gate.logIn(Fixed.wallet())
        let owner = try await gate.owner(login.token)
        let credentials = gate.credentials()
        _ = try await credentials.recordUses(limit: 100)
        #expect(try await credentials.apiKeys(of: owner).first?.lastUsedAt == nil)
        gate.clock.advance(seconds: 601)
        for _ in 0..<5 { #expect(await refusal(gate, made.text) == nil) }
        #expect(try await credentials.recordUses(limit: 100) == 1)
        #expect(try await credentials.recordUses(limit: 100) == 0)
        let lastUsed = try await credentials.apiKeys(of: owner).first?.lastUsedAt
        #expect(lastUsed == Gate.start.adding(seconds: 600))
        for _ in 0..<5 { #expect(await refusal(gate, made.text) == nil) }
        #expect(try await credentials.recordUses(limit: 100) == 0)
        gate.clock.advance(seconds: 600)
        #expect(await refusal(gate, made.text) == nil)
        #expect(await refusal(gate, login.token) == nil)
        #expect(try await credentials.recordUses(limit: 1) == 1)
        #expect(try await credentials.recordUses(limit: 100) == 1)
        await gate.close()
    }

    @Test("What has ended is removed, and what has not stays")
    func purge() async throws {
        let gate = try await Gate.open()
        let short = try await gate.apiKey(expiresAt: Gate.start.adding(seconds: 60).iso8601)
        let long = try await gate.apiKey()
        for (seconds, left) in [(59, Int64(2)), (60, 2), (61, 1)] {
            let moment = Gate.start.adding(seconds: Int64(seconds))
            try await gate.database.write { tx in _ = try gate.apiKeys.purge(before: moment, limit: 10, in: tx) }
            #expect(try await gate.count("api_keys") == left)
        }
        #expect(await refusal(gate, short.text) == .revoked)
        #expect(await refusal(gate, long.text) == nil)
        await gate.close()
    }
}
