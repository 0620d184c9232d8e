import Cryptography
import DatabaseFixtures
import Ethereum
import HTTPTypes
import Primitives
import Testing

@Suite("A wallet logs in by signing a challenge", .onEveryEngine)
struct LoginTests {
    @Test("Challenge, signature, token: under both spellings of the routes", arguments: ["", "/api"])
    func happyPath(prefix: String) async throws {
        try await withGateway { gateway in
            let key = try WalletKey.generate()
            let challenge = try await gateway.challenge(for: key.address.checksummed, at: prefix + "/auth/challenge")
            let message = try challenge.string("message")
            for part in [TestGateway.origin, key.address.checksummed, try challenge.string("nonce")] {
                #expect(message.contains(part))
            }
            let grant = try await gateway.send(
                .post, prefix + "/auth/verify", json: try TestGateway.login(key, challenge)
            ).good()
            #expect(grant["walletAddress"].string == key.address.lowercase)
            #expect(Timestamp(iso8601: try grant.string("expiresAt")) != nil)
            let visitor = Visitor(gateway: gateway, key: key, token: try grant.string("token"))
            #expect(try await visitor.get("/wallet/balance").good()["walletAddress"].string == key.address.lowercase)
            try await visitor.send(.post, prefix + "/auth/logout").good()
            #expect(try await !visitor.isLoggedIn())
        }
    }

    @Test("A challenge that names no wallet serves whoever signs it, once")
    func unbound() async throws {
        try await withGateway { gateway in
            let challenge = try await gateway.challenge()
            let (first, second) = (try WalletKey.generate(), try WalletKey.generate())
            try await gateway.send(.post, "/auth/verify", json: try TestGateway.login(first, challenge)).good()
            for key in [first, second] {
                try await gateway.send(.post, "/auth/verify", json: try TestGateway.login(key, challenge))
                    .expect(401, "CHALLENGE_EXPIRED")
            }
        }
    }

    @Test("Of many logins with one challenge one succeeds")
    func race() async throws {
        try await withGateway { gateway in
            let key = try WalletKey.generate()
            let body = try TestGateway.login(key, try await gateway.challenge())
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await gateway.send(.post, "/auth/verify", json: body).status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.sorted() == [200] + Array(repeating: 401, count: 7))
        }
    }

    @Test("Who did not sign does not get in, and the challenge stays good for who did")
    func wrongSigner() async throws {
        try await withGateway { gateway in
            let (key, other) = (try WalletKey.generate(), try WalletKey.generate())
            let challenge = try await gateway.challenge(for: key.address.lowercase)
            let nonce = JSON.string(try challenge.string("nonce"))
            let text = try challenge.string("message")
            let attempts: [(claimed: Address, signature: String, code: String)] = [
                (key.address, other.signature(text), "ADDRESS_MISMATCH"),
                (key.address, key.signature(text + "\n"), "ADDRESS_MISMATCH"),
                (key.address, key.signature(text.lowercased()), "ADDRESS_MISMATCH"),
                (other.address, other.signature(text), "CHALLENGE_EXPIRED"),
            ]
            for (claimed, signature, code) in attempts {
                try await gateway.send(
                    .post, "/auth/verify",
                    json: [
                        "walletAddress": .string(claimed.lowercase), "signature": .string(signature), "nonce": nonce,
                    ]
                ).expect(401, code)
            }
            try await gateway.send(.post, "/auth/verify", json: try TestGateway.login(key, challenge)).good()
        }
    }

    @Test("A challenge ends after five minutes, to the second", arguments: [(299, 200), (300, 401)] as [(Int64, Int)])
    func expiry(seconds: Int64, status: Int) async throws {
        let clock = ManualClock(TestGateway.epoch)
        try await withGateway(clock: clock) { gateway in
            let key = try WalletKey.generate()
            let body = try TestGateway.login(key, try await gateway.challenge())
            clock.advance(seconds: seconds)
            let answer = try await gateway.send(.post, "/auth/verify", json: body)
            #expect(answer.status == status)
            if status == 401 { answer.expect(401, "CHALLENGE_EXPIRED") }
        }
    }

    @Test("A session ends after a day, to the second")
    func sessionEnd() async throws {
        let clock = ManualClock(TestGateway.epoch)
        try await withGateway(clock: clock) { gateway in
            let visitor = try await gateway.visitor()
            clock.advance(seconds: 86_399)
            #expect(try await visitor.isLoggedIn())
            clock.advance(seconds: 1)
            try await visitor.get("/wallet/balance").expect(401, "TOKEN_EXPIRED")
        }
    }

    static let malformed: [(member: String, value: JSON, status: Int, code: String)] = [
        ("walletAddress", nil, 400, "invalid_request"), ("walletAddress", 7, 400, "invalid_request"),
        ("walletAddress", "0x12", 400, "invalid_request"),
        ("walletAddress", "0xFB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", 400, "malformed_address"),
        ("signature", nil, 400, "invalid_request"), ("signature", "0x", 400, "invalid_request"),
        ("signature", .string(String(repeating: "0", count: 129)), 400, "invalid_request"),
        ("signature", .string(String(repeating: "0", count: 128)), 400, "malformed_signature"),
        ("signature", .string(String(repeating: "0", count: 132)), 400, "contract_wallets_not_served"),
        ("chainId", 1, 400, "chain_not_served"), ("chainId", 0, 400, "invalid_request"),
        ("signature", .string(String(repeating: "0", count: 130)), 401, "SIGNATURE_INVALID"),
        ("signature", .string(String(repeating: "f", count: 128) + "1b"), 401, "SIGNATURE_INVALID"),
        ("nonce", nil, 400, "invalid_request"), ("nonce", "", 400, "invalid_request"),
        ("nonce", .string(String(repeating: "0", count: 201)), 400, "invalid_request"),
        ("nonce", "abc", 400, "malformed_nonce"),
        ("nonce", .string("0101" + String(repeating: "0", count: 82)), 401, "CHALLENGE_EXPIRED"),
        ("testMode", true, 403, "test_mode_refused"), ("testMode", "yes", 400, "invalid_request"),
    ]

    @Test("What is malformed is 400, what proves nothing is 401, and the challenge stays unused")
    func malformedRequests() async throws {
        try await withGateway { gateway in
            let key = try WalletKey.generate()
            let good = try TestGateway.login(key, try await gateway.challenge())
            for (member, value, status, code) in LoginTests.malformed {
                let members = (good.members ?? []).filter { $0.name != member }
                let body = JSON.object(members + (value.isNull ? [] : [.init(member, value)]))
                try await gateway.send(.post, "/auth/verify", json: body).expect(status, code)
            }
            try await gateway.send(.post, "/auth/verify", json: good).good()
        }
    }

    @Test("A signature's twin with high s is refused; hardware wallets' v of 0 or 1 is taken")
    func signatureForms() async throws {
        try await withGateway { gateway in
            let key = try WalletKey.generate()
            let challenge = try await gateway.challenge()
            let signature = key.sign(personalMessage: Array(try challenge.string("message").utf8))
            func attempt(_ bytes: [UInt8]) async throws -> Answer {
                try await gateway.send(
                    .post, "/auth/verify",
                    json: [
                        "walletAddress": .string(key.address.lowercase), "nonce": challenge["nonce"],
                        "signature": .string(Hex.encode(bytes)),
                    ])
            }
            let twin = signature.r + LoginTests.orderMinus(signature.s) + [signature.v ^ 7]
            try await attempt(twin).expect(401, "SIGNATURE_INVALID")
            for v in [2, 26, 29, 35, 255] as [UInt8] {
                try await attempt(signature.r + signature.s + [v]).expect(401, "SIGNATURE_INVALID")
            }
            try await attempt(signature.r + signature.s + [signature.v - 27]).good()
        }
    }

    @Test("Only a wallet's address binds a challenge; anything else is refused")
    func challengeParameter() async throws {
        try await withGateway { gateway in
            for bad in ["0x", "abc", "0x" + String(repeating: "g", count: 40)] {
                try await gateway.send(.get, "/auth/challenge?walletAddress=\(bad)").expect(400, "invalid_request")
            }
            try await gateway.send(.get, "/auth/challenge?walletAddress=0xFB6916095ca1df60bB79Ce92cE3Ea74c37c5d359")
                .expect(400, "malformed_address")
        }
    }

    @Test("The token is an ES256 JWT that the published key verifies; it names wallet, gateway and end")
    func token() async throws {
        let clock = ManualClock(TestGateway.epoch)
        try await withGateway(clock: clock) { gateway in
            let visitor = try await gateway.visitor()
            let keys = try await gateway.send(.get, "/.well-known/jwks.json").good()
            #expect(keys.fields["Cache-Control"] == "public, max-age=300")
            let key = try ES256PublicKey(jwk: try #require(keys["keys"].array?.first))
            let parts = visitor.token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            try #require(parts.count == 3)
            let signature = try #require(Base64.decodeURL(parts[2]))
            #expect(key.isValid(signature: signature, over: Array((parts[0] + "." + parts[1]).utf8)))
            let header = try JSON(parsing: try #require(Base64.decodeURL(parts[0])))
            #expect(header == ["alg": "ES256", "kid": .string(key.thumbprint), "typ": "at+jwt"])
            let claims = try JSON(parsing: try #require(Base64.decodeURL(parts[1])))
            let now = TestGateway.epoch.unixSeconds
            let expected: JSON = [
                "iss": .string(TestGateway.origin), "aud": .string(TestGateway.origin),
                "sub": .string(visitor.address), "walletAddress": .string(visitor.address), "iat": .integer(now),
                "exp": .integer(now + 86_400), "expiresAt": .integer((now + 86_400) * 1_000),
            ]
            for member in expected.members ?? [] { #expect(claims[member.name] == member.value) }
            #expect(claims["jti"]?.string?.hasPrefix("lgn_") == true)
        }
    }

    @Test(
        "Sessions end with the process: after a restart an old token is worthless, and so is an old challenge",
        .onFile)
    func restart() async throws {
        let folder = try TemporaryFolder()
        let key = try WalletKey.generate()
        let (token, login) = try await withGateway(in: folder) { gateway in
            let visitor = try await gateway.visitor(key)
            return (visitor.token, try TestGateway.login(key, try await gateway.challenge()))
        }
        try await withGateway(in: folder) { gateway in
            try await gateway.send(.get, "/wallet/balance", token: token).expect(401, "SIGNATURE_INVALID")
            try await gateway.send(.post, "/auth/verify", json: login).expect(401, "CHALLENGE_EXPIRED")
            #expect(try await gateway.visitor(key).isLoggedIn())
        }
    }

    @Test("Logging out ends this session and no other of the wallet")
    func logout() async throws {
        try await withGateway { gateway in
            let first = try await gateway.visitor()
            let second = try await gateway.visitor(first.key)
            try await first.send(.post, "/auth/logout").good()
            try await first.get("/wallet/balance").expect(401, "SESSION_REVOKED")
            try await first.send(.post, "/auth/logout").expect(401, "SESSION_REVOKED")
            #expect(try await second.isLoggedIn())
        }
    }

    /// n - s for the order n of secp256k1.
    private static func orderMinus(_ number: [UInt8]) -> [UInt8] {
        let order = Hex.decode("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141") ?? []
        var result = [UInt8](repeating: 0, count: 32)
        var borrow = 0
        for index in stride(from: 31, through: 0, by: -1) {
            let difference = Int(order[index]) - Int(number[index]) - borrow
            borrow = difference < 0 ? 1 : 0
            result[index] = UInt8(truncatingIfNeeded: difference)
        }
        return result
    }
}
