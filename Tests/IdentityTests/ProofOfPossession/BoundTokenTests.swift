import Cryptography
import Database
import Ethereum
import Primitives
import Testing

@testable import Identity

@Suite("Tokens that are bound to a key")
struct BoundTokenTests {
    /// A login with a proof of `maker`'s key.
    private func logIn(_ gate: Gate, _ maker: ProofMaker, id: String = "login") async throws -> LoginGrant {
        let challenge = try gate.login.challenge()
        let wallet = try Fixed.wallet()
        return try await gate.login.verify(
            walletAddress: wallet.address.checksummed, signature: wallet.signature(challenge.message),
            nonce: challenge.nonce, proof: maker.offer("POST", "/auth/verify", id: id, at: gate.clock.now()))
    }

    private func refusal(_ gate: Gate, _ token: String, _ offer: ProofOffer) async -> AuthenticationError? {
        do throws(AuthenticationError) {
            _ = try await gate.authenticator.authenticate(bound: token, offer)
            return nil
        } catch {
            return error
        }
    }

    @Test("name their key, open with its proof, and are no bearer tokens, seen before or not")
    func binding() async throws {
        let gate = try await Gate.open()
        let maker = ProofMaker()
        let grant = try await logIn(gate, maker)
        let claims = try JSON(
            parsing: try #require(Base64.decodeURL(grant.token.split(separator: ".")[1])))
        #expect(claims["cnf"] == ["jkt": .string(maker.thumbprint)])
        for round in 0..<2 {
            #expect(await bearerRefusal(gate, grant.token) == .proofRequired)
            #expect(!gate.authenticator.isGenuine(bearer: grant.token))
            let offer = maker.offer(token: grant.token, id: "p\(round)")
            #expect(gate.authenticator.isGenuine(bound: grant.token, offer))
            let principal = try await gate.authenticator.authenticate(bound: grant.token, offer)
            #expect(principal.sessionID == grant.sessionID)
            #expect(principal.proofKey == maker.thumbprint)
        }
        await gate.close()
    }

    @Test("do not open with another key's proof, another token's, or a used one")
    func otherProofs() async throws {
        let gate = try await Gate.open()
        let (maker, thief) = (ProofMaker(), ProofMaker())
        let grant = try await logIn(gate, maker)
        let other = try await logIn(gate, thief, id: "other")
        #expect(await refusal(gate, grant.token, thief.offer(token: grant.token)) == .proofInvalid)
        #expect(!gate.authenticator.isGenuine(bound: grant.token, thief.offer(token: grant.token)))
        #expect(await refusal(gate, grant.token, maker.offer(token: other.token)) == .proofInvalid)
        #expect(await refusal(gate, grant.token, maker.offer(token: nil)) == .proofInvalid)
        let offer = maker.offer(token: grant.token)
        #expect(await refusal(gate, grant.token, offer) == nil)
        #expect(await refusal(gate, grant.token, offer) == .proofInvalid)
        let path = "/wallet/settings"
        #expect(await refusal(gate, grant.token, maker.offer("GET", path, token: grant.token)) == nil, "an id a path")
        await gate.close()
    }

    @Test("A token that is bound to no key opens with no proof")
    func unbound() async throws {
        let gate = try await Gate.open()
        let grant = try await gate.logIn(try Fixed.wallet())
        let offer = ProofMaker().offer(token: grant.token)
        #expect(await refusal(gate, grant.token, offer) == .proofInvalid)
        #expect(!gate.authenticator.isGenuine(bound: grant.token, offer))
        #expect(gate.authenticator.isGenuine(bearer: grant.token))
        await gate.close()
    }

    @Test("Of fifty callers with one proof at once a single one is served")
    func replay() async throws {
        let gate = try await Gate.open()
        let maker = ProofMaker()
        let grant = try await logIn(gate, maker)
        let offer = maker.offer(token: grant.token)
        let served = await withTaskGroup(of: AuthenticationError?.self) { group in
            for _ in 0..<50 { group.addTask { await refusal(gate, grant.token, offer) } }
            return await group.reduce(into: [AuthenticationError?: Int]()) { $0[$1, default: 0] += 1 }
        }
        #expect(served == [nil: 1, .proofInvalid: 49])
        await gate.close()
    }

    @Test("A login with a bad or used proof begins no session and leaves its challenge good")
    func loginProof() async throws {
        let gate = try await Gate.open()
        let maker = ProofMaker()
        _ = try await logIn(gate, maker, id: "once")
        let challenge = try gate.login.challenge()
        let wallet = try Fixed.wallet()
        func verify(_ offer: ProofOffer?) async throws -> LoginError? {
            try await loginError {
                try await gate.login.verify(
                    walletAddress: wallet.address.checksummed, signature: wallet.signature(challenge.message),
                    nonce: challenge.nonce, proof: offer)
            }
        }
        #expect(try await verify(maker.offer("POST", "/auth/verify", id: "once")) == .proofInvalid)
        #expect(try await verify(ProofOffer("x", method: "POST", path: "/auth/verify")) == .proofInvalid)
        let elsewhere = ProofOffer(maker.offer("POST", "/a").text, method: "POST", path: "/auth/verify")
        #expect(try await verify(elsewhere) == .proofInvalid)
        #expect(try await gate.count("login_sessions") == 1)
        #expect(try await verify(maker.offer("POST", "/auth/verify", id: "twice")) == nil)
        await gate.close()
    }

    @Test("A confirmation of another form is not passed over")
    func otherConfirmation() async throws {
        let gate = try await Gate.open()
        let grant = try await gate.logIn(try Fixed.wallet())
        let parts = grant.token.split(separator: ".")
        let payload = try JSON(parsing: try #require(Base64.decodeURL(parts[1])))
        for confirmation: JSON in [[:], ["x5t#S256": "abc"], ["jkt": 1], "jkt", nil] {
            let claims = JSON.object((payload.members ?? []) + [JSON.Member("cnf", confirmation)])
            let signed = parts[0] + "." + Base64.encodeURL(claims.bytes)
            let token = signed + "." + Base64.encodeURL(gate.sessionKey.sign(Array(signed.utf8)))
            #expect(await bearerRefusal(gate, String(token)) == .malformed)
        }
        await gate.close()
    }
}

/// The refusal of a bearer token, under a name that the suite's own does not hide.
private func bearerRefusal(_ gate: Gate, _ token: String) async -> AuthenticationError? {
    await refusal(gate, token)
}
