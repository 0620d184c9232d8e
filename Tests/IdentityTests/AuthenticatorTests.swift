import Cryptography
import Database
import DatabaseFixtures
import Ethereum
import Primitives
import Testing

@testable import Identity

@Suite("Bearer tokens of sessions", .onEveryEngine)
struct AuthenticatorTests {
    @Test("A login's token names its principal, twice the same, and has the claims that others read")
    func claims() async throws {
        let gate = try await Gate.open()
        let wallet = try Fixed.wallet()
        let grant = try await gate.logIn(wallet)
        let principal = try await gate.authenticator.authenticate(bearer: grant.token)
        #expect(
            principal
                == Principal(
                    walletID: grant.walletID, address: wallet.address, sessionID: grant.sessionID,
                    expiresAt: grant.expiresAt, rights: .everything))
        #expect(try await gate.authenticator.authenticate(bearer: grant.token) == principal)

        let parts = grant.token.split(separator: ".")
        let header = try JSON(parsing: try #require(Base64.decodeURL(parts[0])))
        let claims = try JSON(parsing: try #require(Base64.decodeURL(parts[1])))
        #expect(header["typ"] == "at+jwt")
        #expect(header["kid"]?.string == gate.sessionKey.publicKey.thumbprint)
        let lower = JSON.string(wallet.address.lowercase)
        #expect(
            claims == [
                "iss": "https://gateway.example", "aud": "https://gateway.example", "sub": lower, "client_id": "wallet",
                "jti": .string(grant.sessionID), "iat": 1_763_640_000, "exp": 1_763_726_400,
                "expiresAt": 1_763_726_400_000, "walletAddress": lower,
            ])
        await gate.close()
    }

    @Test(
        "Only a login's own token without a list may do everything; what cannot be read grants nothing",
        arguments: [
            ("lgn_", nil, true, true), ("lgn_", [], false, false), ("lgn_", ["wallet:read"], true, false),
            ("lgn_", ["*:*"], true, false), ("lgn_", ["wallet", 7, "wallet:read"], true, false),
            ("lgn_", "*:*", nil, nil), ("lgn_", [["*:*"]], false, false),
            ("lgn_", .array(Array(repeating: "wallet:read", count: 17)), nil, nil), ("dvs_", nil, false, false),
            ("dvs_", ["wallet:read"], true, false), ("ghs_", nil, false, false), ("new_", nil, false, false),
        ] as [(String, JSON?, Bool?, Bool?)])
    func permissionsClaim(prefix: String, claim: JSON?, reads: Bool?, manages: Bool?) async throws {
        let gate = try await Gate.open()
        let grant = try await gate.logIn(try Fixed.wallet())
        let id = prefix + grant.sessionID.dropFirst(4)
        try await gate.database.write { tx in
            _ = try tx.execute("update login_sessions set id = $1", [.text(id)])
        }
        let token = TokenSigner(key: gate.sessionKey, type: SessionKeys.tokenType).token(
            claims: .object(
                [
                    .init("iss", .string(Gate.origin)), .init("aud", .string(Gate.origin)), .init("jti", .string(id)),
                    .init("sub", .string(grant.address.lowercase)),
                    .init("exp", .integer(grant.expiresAt.unixSeconds)),
                ] + (claim.map { [.init("permissions", $0)] } ?? [])))
        let principal = try? await gate.authenticator.authenticate(bearer: token)
        #expect(principal?.may(try #require(Permission("wallet:read"))) == reads)
        #expect(principal?.may(try #require(Permission("apikeys:write"))) == manages)
        await gate.close()
    }

    @Test("A session ends on its second, though the token's clock would be forgiven", arguments: [86_399, 86_400])
    func expiry(seconds: Int64) async throws {
        for seenBefore in [true, false] {
            let gate = try await Gate.open()
            let grant = try await gate.logIn(try Fixed.wallet())
            if seenBefore { #expect(await refusal(gate, grant.token) == nil) }
            gate.clock.advance(seconds: seconds)
            #expect(await refusal(gate, grant.token) == (seconds < Sessions.lifetimeSeconds ? nil : .expired))
            await gate.close()
        }
    }

    @Test("A clock put back by a little is forgiven, by more is not", arguments: [30, 31])
    func clockSkew(seconds: Int64) async throws {
        let gate = try await Gate.open()
        let grant = try await gate.logIn(try Fixed.wallet())
        gate.clock.advance(seconds: -seconds)
        #expect(
            await refusal(gate, grant.token)
                == (seconds <= TokenVerifier.defaultClockSkewSeconds ? nil : .malformed))
        await gate.close()
    }

    @Test("After a logout the token is refused at once, seen before or not, and a second logout changes nothing")
    func logout() async throws {
        let gate = try await Gate.open()
        for seenBefore in [true, false] {
            let grant = try await gate.logIn(try Fixed.wallet())
            if seenBefore { #expect(await refusal(gate, grant.token) == nil) }
            let principal = Principal(
                walletID: grant.walletID, address: grant.address, sessionID: grant.sessionID,
                expiresAt: grant.expiresAt)
            try await gate.authenticator.logout(principal)
            #expect(await refusal(gate, grant.token) == .revoked)
            let first = try await gate.database.read { try Sessions().find(grant.sessionID, in: $0) }
            gate.clock.advance(seconds: 1)
            try await gate.authenticator.logout(principal)
            let second = try await gate.database.read { try Sessions().find(grant.sessionID, in: $0) }
            #expect(first?.revokedAt != nil)
            #expect(first == second)
        }
        await gate.close()
    }

    @Test("One session's logout leaves the wallet's other session alone")
    func otherSession() async throws {
        let gate = try await Gate.open()
        let first = try await gate.logIn(try Fixed.wallet())
        let second = try await gate.logIn(try Fixed.wallet())
        try await gate.authenticator.logout(gate.authenticator.authenticate(bearer: first.token))
        #expect(await refusal(gate, first.token) == .revoked)
        #expect(await refusal(gate, second.token) == nil)
        await gate.close()
    }

    @Test("A revocation holds after a restart with the same keys")
    func restart() async throws {
        let gate = try await Gate.open()
        let grant = try await gate.logIn(try Fixed.wallet())
        try await gate.authenticator.logout(gate.authenticator.authenticate(bearer: grant.token))
        await gate.close()
        let again = try await Gate.open(in: gate.folder, sessionKey: gate.sessionKey)
        #expect(await refusal(again, grant.token) == .revoked)
        await again.close()
    }

    @Test("A revocation is forgotten only once its token has expired", arguments: [-1, 0, 1])
    func forgetting(seconds: Int64) throws {
        let revoked = RevokedSessions()
        for id in ["lgn_a", "wtk_a"] {
            let principal = Principal(
                walletID: WalletID(1), address: try Fixed.address(), sessionID: id, expiresAt: Gate.start)
            revoked.insert(principal, .one)
            revoked.purge(before: Gate.start.adding(seconds: seconds))
            #expect(revoked.contains(principal) == (seconds <= 0))
        }
    }

    @Test("A session whose row is gone is refused")
    func missingRow() async throws {
        let gate = try await Gate.open()
        let grant = try await gate.logIn(try Fixed.wallet())
        try await gate.database.write { tx in _ = try tx.execute("delete from login_sessions") }
        #expect(await refusal(gate, grant.token) == .revoked)
        await gate.close()
    }

    @Test("Without the database nobody new is let in, and no authenticator starts")
    func failsClosed() async throws {
        let gate = try await Gate.open()
        let grant = try await gate.logIn(try Fixed.wallet())
        await gate.close()
        #expect(await refusal(gate, grant.token) == .unavailable)
        await #expect(throws: DatabaseError.closed) {
            _ = try await Authenticator.start(
                database: gate.database, wallets: gate.wallets,
                sessionTokens: SessionTokens(keys: gate.keys, origin: Gate.origin), walletTokens: gate.walletTokens,
                peerTokens: gate.peerTokens, apiKeys: gate.apiKeys, clock: gate.clock, random: SystemRandom())
        }
    }
}
