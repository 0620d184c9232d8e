import Cryptography
import DatabaseFixtures
import Ethereum
import Primitives
import Synchronization
import Testing

@testable import Identity

@Suite("Tokens of other gateways", .onEveryEngine)
struct PeerTokenTests {
    /// A peer with a key, of which the test says what it is worth.
    private final class Peer: PeerAuthorities {
        static let origin = "https://peer.example"
        let key = ES256PrivateKey.generate()
        private let worth: Mutex<Bool?>
        private let misses = Mutex(0)

        init(isTrusted: Bool? = true) { worth = Mutex(isTrusted) }

        func trust(_ isTrusted: Bool?) { worth.withLock { $0 = isTrusted } }

        func standing(of issuer: String) -> PeerStanding {
            guard issuer == Peer.origin, let isTrusted = worth.withLock({ $0 }) else { return .stranger }
            return isTrusted ? .attested(TokenKeySet([key.publicKey])) : .notTrusted
        }

        func missedKey(of issuer: String) {
            if issuer == Peer.origin { misses.withLock { $0 += 1 } }
        }

        /// How often it was told that a key of the peer's is not known.
        var missedKeys: Int { misses.withLock { $0 } }

        func token(
            key other: ES256PrivateKey? = nil, type: String = "peer+jwt",
            _ change: (inout [String: JSON]) -> Void = { _ in }
        ) throws -> String {
            var claims: [String: JSON] = [
                "iss": .string(Peer.origin), "aud": .string(Gate.origin),
                "sub": .string(try Fixed.address().lowercase), "jti": "ptj_1",
                "iat": .integer(Gate.start.unixSeconds), "exp": .integer(Gate.start.unixSeconds + 300),
            ]
            change(&claims)
            return TokenSigner(key: other ?? key, type: type).token(
                claims: .object(claims.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) }))
        }
    }

    private func refusal(_ gate: Gate, _ token: String) async -> AuthenticationError? {
        do {
            _ = try await gate.authenticator.authenticate(bearer: token)
            return nil
        } catch {
            return error
        }
    }

    @Test("A trusted peer's token stands for the wallet, new or known, with the least rights")
    func accepted() async throws {
        let peer = Peer()
        let gate = try await Gate.open(peers: peer)
        let principal = try await gate.authenticator.authenticate(bearer: try peer.token())
        #expect(principal.address == (try Fixed.address()))
        #expect(principal.expiresAt == Gate.start.adding(seconds: 300))
        #expect(!principal.isLogin)
        let rights = ["wallet:read", "agents:chat"]
        #expect(principal.rights == .only(try #require(Permission.list(rights))))
        for (text, isGranted) in [
            ("wallet:read", true), ("agents:chat", true), ("wallet:write", false), ("wallet:fund", false),
            ("vault:read", false), ("vault:write", false), ("vault:unlock", false), ("agents:write", false),
            ("agents:read", false), ("wallet:withdraw", false),
        ] {
            #expect(principal.may(try #require(Permission(text))) == isGranted, "\(text)")
        }
        let grant = try await gate.logIn(try Fixed.wallet())
        #expect(grant.walletID == principal.walletID, "the same wallet that logs in here")
        #expect(gate.authenticator.isGenuine(bearer: try peer.token()))
        await gate.close()
    }

    @Test("What the gateway issues, its peer takes, and nobody else, not even itself")
    func issued() async throws {
        let gate = try await Gate.open(origin: Peer.origin)
        let grant = gate.peerTokens.issue(
            for: try Fixed.address(), to: Gate.origin, at: gate.clock.now(), random: SystemRandom())
        #expect(grant.expiresAt == Gate.start.adding(seconds: 300))
        struct Attested: PeerAuthorities {
            let keys: TokenKeySet
            func standing(of issuer: String) -> PeerStanding {
                issuer == Peer.origin ? .attested(keys) : .stranger
            }
            func missedKey(of issuer: String) {}
        }
        let other = try await Gate.open(peers: Attested(keys: gate.keys.published))
        #expect(await refusal(other, grant.token) == nil)
        let third = try await Gate.open(origin: "https://third.example", peers: Attested(keys: gate.keys.published))
        #expect(await refusal(third, grant.token) == .malformed, "it is for another")
        #expect(await refusal(gate, grant.token) == .malformed)
        let session = try await gate.logIn(try Fixed.wallet())
        #expect(await refusal(other, session.token) == .signatureInvalid, "a session is no peer's token")
        for gate in [gate, other, third] { await gate.close() }
    }

    @Test("The moment its issuer is no longer trusted, a token that was good is refused")
    func trustLost() async throws {
        let peer = Peer()
        let gate = try await Gate.open(peers: peer)
        let token = try peer.token()
        #expect(await refusal(gate, token) == nil)
        peer.trust(false)
        #expect(await refusal(gate, token) == .peerNotTrusted)
        #expect(!gate.authenticator.isGenuine(bearer: token))
        peer.trust(nil)
        #expect(await refusal(gate, token) == .malformed)
        peer.trust(true)
        #expect(await refusal(gate, token) == nil)
        await gate.close()
    }

    @Test("A logout ends it, and it ends by itself on its second")
    func ends() async throws {
        let peer = Peer()
        let gate = try await Gate.open(peers: peer)
        let (first, second) = (try peer.token(), try peer.token { $0["jti"] = "ptj_2" })
        try await gate.authenticator.logout(gate.authenticator.authenticate(bearer: first))
        #expect(await refusal(gate, first) == .revoked)
        #expect(await refusal(gate, try peer.token()) == .revoked, "the same, signed anew")
        #expect(await refusal(gate, second) == nil)
        gate.clock.advance(seconds: 299)
        #expect(await refusal(gate, second) == nil)
        gate.clock.advance(seconds: 1)
        #expect(await refusal(gate, second) == .expired)
        await gate.close()
    }

    @Test("A key of a trusted peer's that is not known is reported, and nothing else is")
    func missedKeys() async throws {
        let peer = Peer()
        let gate = try await Gate.open(peers: peer)
        #expect(await refusal(gate, try peer.token()) == nil)
        #expect(await refusal(gate, try peer.token { $0["aud"] = "https://else.example" }) == .malformed)
        #expect(await refusal(gate, try peer.token(key: .generate()) { $0["iss"] = "https://else.example" }) != nil)
        #expect(peer.missedKeys == 0)
        #expect(await refusal(gate, try peer.token(key: .generate())) == .signatureInvalid)
        #expect(peer.missedKeys == 1)
        peer.trust(false)
        #expect(await refusal(gate, try peer.token(key: .generate())) == .peerNotTrusted)
        #expect(peer.missedKeys == 1)
        await gate.close()
    }

    @Test("Anything else about it that is not as it should be refuses it")
    func refused() async throws {
        let peer = Peer()
        let gate = try await Gate.open(peers: peer)
        let now = Gate.start.unixSeconds
        let cases: [(String, AuthenticationError, String)] = try [
            ("another key", .signatureInvalid, peer.token(key: .generate())),
            ("another issuer", .malformed, peer.token { $0["iss"] = "https://else.example" }),
            ("no issuer", .malformed, peer.token { $0["iss"] = nil }),
            ("our own name", .malformed, peer.token { $0["iss"] = .string(Gate.origin) }),
            ("another audience", .malformed, peer.token { $0["aud"] = "https://else.example" }),
            ("several audiences", .malformed, peer.token { $0["aud"] = [.string(Gate.origin)] }),
            ("no audience", .malformed, peer.token { $0["aud"] = nil }),
            ("no subject", .malformed, peer.token { $0["sub"] = nil }),
            ("a subject that is no wallet", .malformed, peer.token { $0["sub"] = "0x1234" }),
            ("no id", .malformed, peer.token { $0["jti"] = nil }),
            ("an empty id", .malformed, peer.token { $0["jti"] = "" }),
            ("a long id", .malformed, peer.token { $0["jti"] = .string(String(repeating: "i", count: 65)) }),
            ("a second too long", .malformed, peer.token { $0["exp"] = .integer(now + 301) }),
            ("years", .malformed, peer.token { $0["exp"] = .integer(.max) }),
            ("overflow", .malformed, peer.token { ($0["iat"], $0["exp"]) = (.integer(.min), .integer(.max)) }),
            ("no beginning", .malformed, peer.token { $0["iat"] = nil }),
            ("not yet", .malformed, peer.token { ($0["iat"], $0["exp"]) = (.integer(now + 31), .integer(now + 60)) }),
            ("over", .expired, peer.token { ($0["iat"], $0["exp"]) = (.integer(now - 300), .integer(now)) }),
            ("a session's type", .signatureInvalid, peer.token(type: "at+jwt")),
            ("no type that is known", .malformed, peer.token(type: "jwt")),
        ]
        for (name, expected, token) in cases {
            let found = await refusal(gate, token)
            #expect(found == expected, "\(name)")
            #expect(!gate.authenticator.isGenuine(bearer: token), "\(name)")
        }
        #expect(try await gate.count("wallets") == 0, "a refused token makes no wallet")
        await gate.close()
    }
}
