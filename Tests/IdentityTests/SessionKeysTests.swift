import Cryptography
import Database
import Ethereum
import Primitives
import Testing

@testable import Identity

@Suite("Session keys rotate without a dropped session")
struct SessionKeysTests {
    @Test("A token outlives the rotation of its key, until its own end; then the key is gone from the published set")
    func tokensOutliveRotation() async throws {
        let gate = try await Gate.open()
        let early = try await gate.logIn(try Fixed.wallet())
        let first = gate.keys.published.keys[0].thumbprint
        gate.keys.announce(next: .generate(), at: gate.clock.now())
        #expect(gate.keys.published.keys.map(\.thumbprint).first == first, "an announced key does not sign yet")
        #expect(gate.keys.published.keys.count == 2)
        gate.keys.activate(at: gate.clock.now())
        let late = try await gate.logIn(try Fixed.wallet())
        #expect(gate.keys.published.keys[0].thumbprint != first)
        #expect(gate.keys.published[first] != nil)
        // Both through a verifier that has never seen them: a fresh authenticator has no remembered tokens.
        let fresh = try await Authenticator.start(
            database: gate.database, wallets: gate.wallets,
            sessionTokens: SessionTokens(keys: gate.keys, origin: Gate.origin), walletTokens: gate.walletTokens,
            peerTokens: gate.peerTokens, apiKeys: gate.apiKeys,
            clock: gate.clock, random: SystemRandom())
        for token in [early.token, late.token] {
            #expect(try await fresh.authenticate(bearer: token).sessionID.isEmpty == false)
        }
        gate.clock.advance(seconds: Sessions.lifetimeSeconds - 1)
        gate.keys.forgetExpired(at: gate.clock.now())
        #expect(gate.keys.published[first] != nil)
        gate.clock.advance(seconds: 1)
        gate.keys.forgetExpired(at: gate.clock.now())
        #expect(gate.keys.published[first] == nil)
        await gate.close()
    }

    @Test("A login begun before a rotation ends well after it, within its five minutes and not beyond")
    func challengesOutliveRotation() async throws {
        let gate = try await Gate.open()
        let wallet = try Fixed.wallet()
        func answer(_ challenge: LoginChallenge) async throws -> LoginGrant {
            try await gate.login.verify(
                walletAddress: wallet.address.lowercase, signature: wallet.signature(challenge.message),
                nonce: challenge.nonce)
        }
        let (before, late) = (try gate.login.challenge(), try gate.login.challenge(wallet: wallet.address.lowercase))
        gate.keys.announce(next: .generate(), at: gate.clock.now())
        let between = try gate.login.challenge()
        gate.keys.activate(at: gate.clock.now())
        for challenge in [before, between] { #expect(try await answer(challenge).address == wallet.address) }
        #expect(try await loginError { try await answer(before) } == .challengeUsed)
        gate.clock.advance(seconds: 300)
        #expect(try await loginError { try await answer(late) } != nil)
        #expect(gate.keys.commitments(at: gate.clock.now()).count == 1)
        await gate.close()
    }

    @Test("A key that nobody adopted is neither published nor accepted; an adopted one is both, until its time is over")
    func adoption() async throws {
        let before = try await Gate.open()
        let grant = try await before.logIn(try Fixed.wallet())
        await before.database.close()
        let after = try await Gate.open(in: before.folder)
        #expect(await refusal(after, grant.token) != nil)
        let until = Gate.start.adding(seconds: 600)
        after.keys.adopt(before.sessionKey.publicKey, until: until, at: Gate.start)
        #expect(await refusal(after, grant.token) == nil)
        #expect(after.keys.published.keys.count == 2)
        #expect(after.keys.published.keys[0] == after.sessionKey.publicKey, "an adopted key never signs")
        after.keys.forgetExpired(at: until)
        #expect(after.keys.published.keys == [after.sessionKey.publicKey])
        await after.close()
    }

    @Test("Tokens name the evidence of their key once there is some, and none after a rotation until there is new")
    func attestationClaim() async throws {
        let gate = try await Gate.open()
        func claim() async throws -> JSON? {
            let token = try await gate.logIn(try Fixed.wallet()).token
            let payload = token.split(separator: ".")[1]
            return try JSON(parsing: try #require(Base64.decodeURL(payload)))["att"]
        }
        #expect(try await claim() == nil)
        gate.keys.attest(KeyAttestation(profile: "sealgate/1", measurement: "aa", statementHash: "bb"))
        #expect(try await claim() == ["profile": "sealgate/1", "measurement": "aa", "statement": "bb"])
        gate.keys.announce(next: .generate(), at: gate.clock.now())
        gate.keys.activate(at: gate.clock.now())
        #expect(try await claim() == nil)
        await gate.close()
    }
}
