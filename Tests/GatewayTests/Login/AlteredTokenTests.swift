import Cryptography
import Foundation
import HTTPTypes
import Primitives
import Testing

@Suite("A token that was altered opens nothing")
struct AlteredTokenTests {
    /// A JWT's three parts, to be put together anew.
    private struct Parts {
        var header: JSON
        var claims: JSON
        var signature: String

        init(_ token: String) throws {
            let parts = token.split(separator: ".").map(String.init)
            header = try JSON(parsing: try #require(Base64.decodeURL(parts[0])))
            claims = try JSON(parsing: try #require(Base64.decodeURL(parts[1])))
            signature = parts[2]
        }

        var signed: String { Base64.encodeURL(header.bytes) + "." + Base64.encodeURL(claims.bytes) }
        var token: String { signed + "." + signature }

        func signed(by key: ES256PrivateKey) -> String {
            signed + "." + Base64.encodeURL(key.sign(Array(signed.utf8)))
        }
    }

    private func set(_ name: String, _ value: JSON?, in object: JSON) -> JSON {
        let others = (object.members ?? []).filter { $0.name != name }
        return .object(others + (value.map { [.init(name, $0)] } ?? []))
    }

    private func forgeries(of good: String, publicKey: ES256PublicKey, other: Visitor) throws -> [String: String] {
        let parts = try Parts(good)
        var found: [String: String] = [:]
        func add(_ name: String, _ change: (inout Parts) -> Void) {
            var altered = parts
            change(&altered)
            found[name] = altered.token
        }
        add("another wallet") { $0.claims = set("sub", .string(other.address), in: $0.claims) }
        add("another session") { $0.claims = set("jti", "lgn_0", in: $0.claims) }
        add("a longer life") { $0.claims = set("exp", 4_000_000_000, in: $0.claims) }
        add("no end") { $0.claims = set("exp", nil, in: $0.claims) }
        add("the same in another order") { $0.claims = .object(($0.claims.members ?? []).reversed()) }
        add("alg none") { $0.header = set("alg", "none", in: $0.header) }
        add("alg none without signature") {
            $0.header = set("alg", "none", in: $0.header)
            $0.signature = ""
        }
        add("another type") { $0.header = set("typ", "JWT", in: $0.header) }
        add("a key of its own") { $0.header = set("jwk", publicKey.jwk, in: $0.header) }
        add("another token's signature") { $0.signature = String(other.token.split(separator: ".")[2]) }
        add("no signature") { $0.signature = "" }
        let own = ES256PrivateKey.generate()
        var foreign = parts
        found["another key under our kid"] = foreign.signed(by: own)
        foreign.header = set("kid", .string(own.publicKey.thumbprint), in: parts.header)
        found["another key under its kid"] = foreign.signed(by: own)
        foreign.header = set("jwk", own.publicKey.jwk, in: foreign.header)
        found["another key that it brings"] = foreign.signed(by: own)
        var symmetric = parts
        symmetric.header = set("alg", "HS256", in: parts.header)
        let secret = try Secret(copying: publicKey.jwk.bytes)
        found["a MAC with the public key"] =
            symmetric.signed + "."
            + Base64.encodeURL(HMACSHA256.code(over: Array(symmetric.signed.utf8), key: secret))
        return found
    }

    @Test("Each forgery is 401, and none is told more than that it is none of ours")
    func forgeries() async throws {
        try await withGateway { gateway in
            let (victim, other) = (try await gateway.visitor(), try await gateway.visitor())
            let keys = try await gateway.send(.get, "/.well-known/jwks.json").good()
            let publicKey = try ES256PublicKey(jwk: try #require(keys["keys"].array?.first))
            for (name, token) in try forgeries(of: victim.token, publicKey: publicKey, other: other) {
                #expect(token != victim.token)
                let answer = try await victim.with(token: token).get("/wallet/balance")
                #expect(answer.status == 401, "\(name)")
                #expect(["TOKEN_MALFORMED", "SIGNATURE_INVALID"].contains(answer.code), "\(name)")
            }
            #expect(try await victim.isLoggedIn())
        }
    }

    @Test("Every single character counts", arguments: [21, 22] as [UInt64])
    func characters(seed: UInt64) async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=%".utf8)
            let random = SeededRandom(seed: seed)
            for _ in 0..<60 {
                var token = Array(visitor.token.utf8)
                let dice = random.bytes(4)
                let place = (Int(dice[0]) << 8 | Int(dice[1])) % token.count
                switch dice[2] % 3 {
                case 0: token[place] = alphabet[Int(dice[3]) % alphabet.count]
                case 1: token.insert(alphabet[Int(dice[3]) % alphabet.count], at: place)
                default: token.remove(at: place)
                }
                let altered = String(decoding: token, as: UTF8.self)
                guard altered != visitor.token else { continue }
                let answer = try await visitor.with(token: altered).get("/wallet/balance")
                #expect(answer.status == 401, "seed \(seed): \(altered)")
            }
            #expect(try await visitor.isLoggedIn())
        }
    }

    @Test("Decorations around a good token do not pass")
    func decorations() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            for value in [
                visitor.token, "Token \(visitor.token)", "Bearer \(visitor.token),", "Bearer \"\(visitor.token)\"",
                "Bearer \(visitor.token) x", "Bearer  \(visitor.token)", "Bearer \(visitor.token).",
                "Bearer .\(visitor.token)",
                "Bearer \(visitor.token)=", "Bearer " + String(repeating: "a", count: 8_193),
            ] {
                let answer = try await gateway.send(.get, "/wallet/balance", fields: [("Authorization", value)])
                #expect(answer.status == 401, "\(value.prefix(20))")
            }
            let twice = [("Authorization", "Bearer \(visitor.token)"), ("Authorization", "Bearer \(visitor.token)")]
            #expect(try await gateway.send(.get, "/wallet/balance", fields: twice).status == 401)
            let cookie = [("Cookie", "token=\(visitor.token)")]
            #expect(try await gateway.send(.get, "/wallet/balance", fields: cookie).status == 401)
        }
    }
}
