import Attestation
import Cryptography
import DeviceSimulation
import HTTPTypes
import Primitives
import Testing

@Suite("Two gateways trust each other by their evidence, and only as long as it stands", .serialized)
struct PeerTests {
    private func expectRefused(_ answer: Answer, sourceLocation: SourceLocation = #_sourceLocation) {
        answer.expect(401, "PEER_NOT_TRUSTED", sourceLocation: sourceLocation)
    }

    @Test("Each trusts the other; a token of the one is taken by the other, for reading and chatting alone")
    func mutualTrust() async throws {
        try await withTwoGateways { first, second in
            let peer = try await first.wait(for: .trusted)
            try await second.wait(for: .trusted)
            #expect(peer["origin"]?.string == second.front.origin)
            #expect(peer["reasons"] == [])
            #expect(peer["judgedAt"]?.string != nil)
            let jwks = try await second.gateway.send(.get, "/.well-known/jwks.json").good().json
            let key = try #require(try TokenKeySet(jwks: jwks).keys.first)
            #expect(peer["attestedJwksHashTrunc16"]?.string == Hex.encode(key.thumbprintBytes.prefix(16)))

            let visitor = try await first.gateway.visitor()
            let granted = try await first.token(of: visitor, for: second).good()
            #expect(granted["walletAddress"].string == visitor.address)
            let header = try #require(Base64.decodeURL(granted.string("token").split(separator: ".")[0]))
            #expect(try JSON(parsing: header)["typ"] == "peer+jwt")

            let there = Visitor(gateway: second.gateway, key: visitor.key, token: try granted.string("token"))
            #expect(try await there.available() == 0)
            let owner = try await second.gateway.visitor(visitor.key)
            try await owner.fund(1_000_000).good()
            #expect(try await there.available() == 1_000_000, "the same wallet")
            let refused: [(HTTPMethod, String, JSON?)] = [
                (.put, "/wallet/settings", ["defaultModel": "x"]), (.post, "/wallet/faucet", ["amount": "1"]),
                (.get, "/wallet/provider-vault/derive-challenge", nil), (.get, "/wallet/apikey/status", nil),
                (
                    .post, "/wallet/provider-vault/unlock",
                    ["signature": .string("0x" + String(repeating: "1", count: 130)), "nonce": "n"]
                ),
                (.delete, "/wallet/apikey", nil), (.post, "/agents/assistant/sessions", [:]),
                (.get, "/wallet/sessions", nil),
            ]
            for (method, path, body) in refused {
                #expect(try await there.send(method, path, json: body).status == 403, "\(path)")
            }
            // It begets no other token, is none of its issuer's, and ends by a logout.
            try await second.token(of: there, for: first).expect(403, "insufficient_permissions")
            try await visitor.with(token: there.token).get("/wallet/balance").expect(401, "TOKEN_MALFORMED")
            let session = try await owner.openSession()
            try await owner.storeKey().good()
            let chat = try await there.send(
                .post, "/agents/assistant/sessions/\(session)/chat",
                json: ["message": "hello", "model": "claude-haiku-4-5"])
            // It may chat, but the key that the owner's login holds open is not open for it.
            chat.expect(400, "missing_secrets")
            #expect(chat["needsUnlock"] == true)
            try await there.send(.post, "/auth/logout").good()
            try await there.get("/wallet/balance").expect(401, "SESSION_REVOKED")
            #expect(try await owner.isLoggedIn())
        }
    }

    @Test("A peer that publishes other keys than it attests is neither called nor believed, until it is honest again")
    func lyingAboutKeys() async throws {
        try await withTwoGateways { first, second in
            try await first.wait(for: .trusted)
            try await second.wait(for: .trusted)
            let (here, there) = (try await first.gateway.visitor(), try await second.gateway.visitor())
            let token = try await second.token(of: there, for: first).good().string("token")
            let guest = Visitor(gateway: first.gateway, key: there.key, token: token)
            #expect(try await guest.isLoggedIn())

            let liar = ES256PrivateKey.generate()
            second.front.behaves(.publishes(TokenKeySet([liar.publicKey]).jwks.bytes))
            let peer = try await first.wait(for: .degradedHashMismatch)
            #expect(peer["reasons"]?.array?.compactMap { $0["code"]?.string } == ["session_keys"])
            expectRefused(try await guest.get("/wallet/balance"))
            try await first.token(of: here, for: second).expect(409, "peer_not_trusted")
            let now = SystemClock().now().unixSeconds
            let forged = TokenSigner(key: liar, type: "peer+jwt").token(claims: [
                "iss": .string(second.front.origin), "aud": .string(first.front.origin),
                "sub": .string(there.address), "jti": "1", "iat": .integer(now), "exp": .integer(now + 60),
            ])
            expectRefused(try await guest.with(token: forged).get("/wallet/balance"))
            let health = try await first.gateway.send(.get, "/health").good()
            let trust = health["securityPosture"]["crossGatewayTrust"]
            #expect(trust?["state"] == "degraded_hash_mismatch")
            #expect(trust?["strict"] == true)
            #expect(trust?["peers"]?.array?.first?["attestationUrl"]?.string?.hasPrefix(second.front.origin) == true)

            second.front.behaves(.honest)
            try await first.wait(for: .trusted)
            #expect(try await guest.isLoggedIn())
            try await guest.with(token: forged).get("/wallet/balance").expect(401, "SIGNATURE_INVALID")
        }
    }

    @Test("Evidence of another host or of before, a redirect, an answer without end: no attestation")
    func lyingAboutEvidence() async throws {
        try await withTwoGateways { first, second in
            try await first.wait(for: .trusted)
            try await second.wait(for: .trusted)
            let there = try await second.gateway.visitor()
            let token = try await second.token(of: there, for: first).good().string("token")
            let guest = Visitor(gateway: first.gateway, key: there.key, token: token)
            let old = try await second.gateway.send(
                .get, "/api/attestation/report?nonce=\(CallerNonce(random: SystemRandom()).hex)"
            ).good().body
            let cases: [(Front.Conduct, String)] = [
                (.evidenceOf(first.front), "gateway"), (.replays(old), "nonce"), (.redirects, "peer_redirects"),
                (.megabytes, "peer_answer_too_large"),
            ]
            for (conduct, reason) in cases {
                second.front.behaves(conduct)
                let peer = try await first.wait(for: .degradedNoAttestation)
                let codes = peer["reasons"]?.array?.compactMap { $0["code"]?.string } ?? []
                #expect(codes.contains(reason), "\(codes)")
                #expect(peer["attestedJwksHashTrunc16"] == .null)
                expectRefused(try await guest.get("/wallet/balance"))
                second.front.behaves(.honest)
                try await first.wait(for: .trusted)
                #expect(try await guest.isLoggedIn())
            }
        }
    }

    @Test("The tokens of a peer that started again count within seconds, though the next judgement is minutes away")
    func restartedPeer() async throws {
        let machines = (try SimulatedMachine(), try SimulatedMachine())
        let roots = try TrustedRoots(machines.0, machines.1)
        try await withFront { one in
            try await withFront { two in
                let rarely = ["SEALGATE_PEER_SECONDS": "240"]
                let settings = PeeredGateway.settings(machines.0, one, two, rarely)
                try await withGateway(settings: settings, roots: roots) { gateway in
                    one.stands(before: gateway.address)
                    let first = PeeredGateway(gateway: gateway, front: one)
                    for isSecondStart in [false, true] {
                        let settings = PeeredGateway.settings(machines.1, two, one)
                        try await withGateway(settings: settings, roots: roots) { gateway in
                            two.stands(before: gateway.address)
                            let second = PeeredGateway(gateway: gateway, front: two)
                            try await second.wait(for: .trusted)
                            guard isSecondStart else {
                                try await first.wait(for: .trusted)
                                return
                            }
                            let there = try await gateway.visitor()
                            let token = try await second.token(of: there, for: first).good().string("token")
                            let guest = Visitor(gateway: first.gateway, key: there.key, token: token)
                            try await guest.get("/wallet/balance").expect(401, "SIGNATURE_INVALID")
                            let deadline = Monotonic.nanoseconds() + 20_000_000_000
                            while try await !guest.isLoggedIn(), Monotonic.nanoseconds() < deadline {
                                try await Task.sleep(for: .milliseconds(200))  // pause: the floor of judgements
                            }
                            #expect(try await guest.isLoggedIn())
                        }
                    }
                }
            }
        }
    }

    @Test("A peer that hangs is given up, and the gateway serves meanwhile")
    func hanging() async throws {
        try await withTwoGateways { first, second in
            second.front.behaves(.hangs)
            let visitor = try await first.gateway.visitor()
            #expect(try await visitor.isLoggedIn())
            try await first.token(of: visitor, for: second).expect(409, "peer_not_trusted")
            var codes: [String] = []
            let deadline = Monotonic.nanoseconds() + 30_000_000_000
            while codes != ["peer_timed_out"], Monotonic.nanoseconds() < deadline {
                let peer = try await first.peer()
                codes = peer["reasons"]?.array?.compactMap { $0["code"]?.string } ?? []
                try await Task.sleep(for: .milliseconds(200))  // pause: the time limit of a judgement
            }
            #expect(codes == ["peer_timed_out"])
            #expect(try await first.peer()["state"] == "degraded_no_attestation")
        }
    }

    @Test("A peer without hardware is not trusted, and by itself trusts nobody")
    func noDevice() async throws {
        try await withTwoGateways(secondHasDevice: false) { first, second in
            let peer = try await first.wait(for: .degradedNoAttestation)
            let other = try await second.wait(for: .degradedNoAttestation)
            for (peer, code) in [(peer, "peer_refused"), (other, "no_policy")] {
                // The first look may still be under way.
                let codes = peer["reasons"]?.array?.compactMap { $0["code"]?.string } ?? []
                #expect(codes == [code] || codes == ["not_judged"])
            }
            let (here, there) = (try await first.gateway.visitor(), try await second.gateway.visitor())
            try await first.token(of: here, for: second).expect(409, "peer_not_trusted")
            try await second.token(of: there, for: first).expect(409, "peer_not_trusted")
        }
    }

    @Test("Without strictness a mismatch is shown and tokens flow, but under attested keys alone")
    func notStrict() async throws {
        try await withTwoGateways(settings: ["SEALGATE_PEER_STRICT": "off"]) { first, second in
            try await first.wait(for: .trusted)
            let (here, there) = (try await first.gateway.visitor(), try await second.gateway.visitor())
            let token = try await second.token(of: there, for: first).good().string("token")
            let liar = ES256PrivateKey.generate()
            second.front.behaves(.publishes(TokenKeySet([liar.publicKey]).jwks.bytes))
            try await first.wait(for: .degradedHashMismatch)
            let guest = Visitor(gateway: first.gateway, key: there.key, token: token)
            #expect(try await guest.isLoggedIn())
            try await first.token(of: here, for: second).good()
            let now = SystemClock().now().unixSeconds
            let forged = TokenSigner(key: liar, type: "peer+jwt").token(claims: [
                "iss": .string(second.front.origin), "aud": .string(first.front.origin),
                "sub": .string(there.address), "jti": "1", "iat": .integer(now), "exp": .integer(now + 60),
            ])
            try await guest.with(token: forged).get("/wallet/balance").expect(401, "SIGNATURE_INVALID")
            second.front.behaves(.redirects)
            try await first.wait(for: .degradedNoAttestation)
            expectRefused(try await guest.get("/wallet/balance"))
        }
    }

    @Test("Strangers and tokens that come from no login get none")
    func strangers() async throws {
        try await withGateway { gateway in
            let list = try await gateway.send(.get, "/api/attestation/peers?refresh=1").good()
            #expect(list.json == ["strict": true, "peers": []])
            let health = try await gateway.send(.get, "/health").good()
            #expect(health["securityPosture"]["crossGatewayTrust"] == nil)
            let visitor = try await gateway.visitor()
            for (peer, status, code) in [
                ("https://stranger.example", 404, "unknown_peer"), ("", 400, "invalid_request"),
                (TestGateway.origin, 404, "unknown_peer"),
            ] {
                try await visitor.send(.post, "/api/auth/peer-token", json: ["peer": .string(peer)])
                    .expect(status, code)
            }
            try await gateway.send(.post, "/api/auth/peer-token", json: ["peer": "https://stranger.example"])
                .expect(401, "unauthorized")
        }
    }
}
