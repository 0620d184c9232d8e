import Cryptography
import Ethereum
import HTTPTypes
import Primitives
import Testing

@Suite("A token that is bound to a key (DPoP)")
struct BoundTokenTests {
    private let key = ES256PrivateKey.generate()

    /// A proof for one request.
    private func proof(_ method: HTTPMethod, _ path: String, token: String? = nil, id: String? = nil) -> String {
        let jwk = (key.publicKey.jwk.members ?? []).filter { ["kty", "crv", "x", "y"].contains($0.name) }
        let header: JSON = ["typ": "dpop+jwt", "alg": "ES256", "jwk": .object(jwk)]
        let now = SystemClock().now()
        var claims: [JSON.Member] = [
            .init("jti", .string(id ?? Identifier.make("jti_", at: now, random: SystemRandom()))),
            .init("htm", .string(method.rawValue)), .init("htu", .string(TestGateway.origin + path)),
            .init("iat", .integer(now.unixSeconds)),
        ]
        if let token { claims.append(.init("ath", .string(Base64.encodeURL(SHA256.hash(Array(token.utf8)))))) }
        let signed = Base64.encodeURL(header.bytes) + "." + Base64.encodeURL(JSON.object(claims).bytes)
        return signed + "." + Base64.encodeURL(key.sign(Array(signed.utf8)))
    }

    private func logIn(_ gateway: TestGateway, at path: String, proof: String) async throws -> Answer {
        let wallet = try WalletKey.generate()
        let challenge = try await gateway.challenge()
        return try await gateway.send(
            .post, path, json: try TestGateway.login(wallet, challenge), fields: [("DPoP", proof)])
    }

    @Test("opens with a proof for each request and with nothing else", arguments: ["/auth/verify", "/api/auth/verify"])
    func binding(path: String) async throws {
        try await withGateway { gateway in
            let grant = try await logIn(gateway, at: path, proof: proof(.post, path)).good()
            #expect(grant["token_type"] == "DPoP")
            let token = try grant.string("token")
            let route = "/wallet/balance"
            func ask(_ proofs: [String]) async throws -> Answer {
                try await gateway.send(
                    .get, route, fields: [("Authorization", "DPoP \(token)")] + proofs.map { ("DPoP", $0) })
            }
            let good = proof(.get, route, token: token)
            try await ask([good]).good()
            let used = try await ask([good])
            used.expect(401, "invalid_dpop_proof")
            #expect(used.fields["WWW-Authenticate"] == "DPoP error=\"invalid_dpop_proof\", algs=\"ES256\"")
            try await ask([]).expect(401, "invalid_dpop_proof")
            let two = [proof(.get, route, token: token), proof(.get, route, token: token)]
            try await ask(two).expect(401, "invalid_dpop_proof")
            try await ask([proof(.get, route)]).expect(401, "invalid_dpop_proof")
            try await ask([proof(.post, route, token: token)]).expect(401, "invalid_dpop_proof")
            let bearer = try await gateway.send(.get, route, token: token)
            bearer.expect(401, "DPOP_PROOF_REQUIRED")
            #expect(bearer.fields["WWW-Authenticate"] == "DPoP error=\"invalid_token\", algs=\"ES256\"")
            try await ask([proof(.get, route, token: token)]).good()
        }
    }

    @Test("A login with a proof of something else, or of nothing, is refused")
    func badLogin() async throws {
        try await withGateway { gateway in
            for bad in [proof(.post, "/api/auth/verify"), proof(.get, "/auth/verify"), "x"] {
                try await logIn(gateway, at: "/auth/verify", proof: bad).expect(400, "invalid_dpop_proof")
            }
            let once = proof(.post, "/auth/verify", id: "once")
            try await logIn(gateway, at: "/auth/verify", proof: once).good()
            try await logIn(gateway, at: "/auth/verify", proof: once).expect(400, "invalid_dpop_proof")
            #expect(try await gateway.visitor().isLoggedIn(), "without a proof nothing is bound")
        }
    }

    @Test("A bearer token is not made better by a proof")
    func unbound() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            let fields = [
                ("Authorization", "DPoP \(visitor.token)"),
                ("DPoP", proof(.get, "/wallet/balance", token: visitor.token)),
            ]
            try await gateway.send(.get, "/wallet/balance", fields: fields).expect(401, "invalid_dpop_proof")
        }
    }
}
