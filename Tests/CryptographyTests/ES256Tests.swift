import Primitives
import Testing

@testable import Cryptography

@Suite("ES256")
struct ES256Tests {
    @Test("Signatures are 64 bytes and verify, also those whose numbers begin with zeros")
    func padding() {
        let key = ES256PrivateKey.generate()
        var padded = 0
        for round in 0..<1_500 {
            let message = Array("message \(round)".utf8)
            let signature = key.sign(message)
            #expect(signature.count == 64)
            #expect(key.publicKey.isValid(signature: signature, over: message))
            if signature[0] == 0 || signature[32] == 0 { padded += 1 }
        }
        // One in 128 begins with a zero byte: that none does in 1,500 happens once in 128,000 runs.
        #expect(padded > 0)
    }

    @Test("Every flipped bit of a signature or of the message is noticed")
    func tampering() {
        let key = ES256PrivateKey.generate()
        let message = Array("eyJhbGciOiJFUzI1NiJ9.e30".utf8)
        let signature = key.sign(message)
        for index in signature.indices {
            for bit in 0..<8 {
                var forged = signature
                forged[index] ^= 1 << UInt8(bit)
                #expect(!key.publicKey.isValid(signature: forged, over: message))
            }
        }
        for index in message.indices {
            var forged = message
            forged[index] ^= 1
            #expect(!key.publicKey.isValid(signature: signature, over: forged))
        }
        #expect(!ES256PrivateKey.generate().publicKey.isValid(signature: signature, over: message))
    }

    @Test("Other lengths than 64 and numbers outside 1 ..< n are refused")
    func badSignatures() {
        let key = ES256PrivateKey.generate()
        let message: [UInt8] = [1, 2, 3]
        let good = key.sign(message)
        let zero = [UInt8](repeating: 0, count: 32)
        let order = hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
        let (r, s) = (Array(good.prefix(32)), Array(good.suffix(32)))
        let bad: [[UInt8]] = [
            [], Array(good.dropLast()), good + [0], Array(good.dropFirst()), zero + zero, zero + s, r + zero,
            order + s, r + order, [UInt8](repeating: 0xFF, count: 64),
        ]
        for signature in bad {
            #expect(!key.publicKey.isValid(signature: signature, over: message))
            #expect(hasNoErrors)
        }
        #expect(key.publicKey.isValid(signature: good, over: message))
    }

    @Test("A private key shows its thumbprint and nothing else, and exports no private member")
    func secrecy() {
        let key = ES256PrivateKey.generate()
        #expect("\(key)" == "[ES256 private key \(key.publicKey.thumbprint)]")
        #expect(Mirror(reflecting: key).children.isEmpty)
        let names = key.publicKey.jwk.members?.map(\.name)
        #expect(names == ["crv", "kty", "x", "y", "kid", "alg", "use"])
    }

    @Test("Two keys are never the same")
    func freshness() {
        let keys = (0..<32).map { _ in ES256PrivateKey.generate().publicKey }
        #expect(Set(keys).count == 32)
        #expect(Set(keys.map(\.thumbprint)).count == 32)
    }

    @Test("A published key reads back as the same key, with its thumbprint as kid")
    func roundTrip() throws {
        for _ in 0..<300 {
            let key = ES256PrivateKey.generate().publicKey
            let again = try ES256PublicKey(jwk: key.jwk)
            #expect(again == key)
            #expect(again.thumbprint == key.jwk["kid"]?.string)
            #expect(again.thumbprintBytes == (try JWKThumbprint.bytes(of: key.jwk)))
            #expect(key.x.count == 32 && key.y.count == 32)
        }
    }

    @Test("What is no key for ES256 is refused", arguments: badKeys)
    func badKey(name: String, change: [String: JSON], error: JWKError) throws {
        var members = try ES256PublicKey(jwk: goodKey).jwk.members ?? []
        for (name, value) in change {
            members.removeAll { $0.name == name }
            if !value.isNull { members.append(JSON.Member(name, value)) }
        }
        #expect(throws: error, "\(name)") { try ES256PublicKey(jwk: .object(members)) }
        #expect(hasNoErrors, "a refusal leaves nothing for the next TLS call to find")
    }

    @Test("Unknown members of a key are ignored, other JSON is refused")
    func otherMembers() throws {
        var members = try #require(goodKey.members)
        members.append(JSON.Member("x5t", "abc"))
        members.append(JSON.Member("key_ops", ["verify"]))
        #expect(try ES256PublicKey(jwk: .object(members)) == ES256PublicKey(jwk: goodKey))
        for other: JSON in [nil, 1, "key", [], [goodKey], .object([])] {
            #expect(throws: JWKError.malformed) { try ES256PublicKey(jwk: other) }
        }
    }

    @Test("Many tasks sign and verify with one key at once")
    func concurrency() async {
        let key = ES256PrivateKey.generate()
        let good = await withTaskGroup(of: Int.self) { group in
            for task in 0..<8 {
                group.addTask {
                    (0..<200).count { round in
                        let message = Array("\(task) \(round)".utf8)
                        return key.publicKey.isValid(signature: key.sign(message), over: message)
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(good == 1_600)
    }
}

/// RFC 7515 appendix A.3.
private let goodKey: JSON = [
    "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
]

/// Members to replace in a good key (`null`: to leave out) and what must come of it.
private let badKeys: [(String, [String: JSON], JWKError)] = [
    ("private member", ["d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"], .privateKey),
    ("no type", ["kty": nil], .malformed),
    ("another type", ["kty": "RSA"], .unsupported),
    ("a symmetric key", ["kty": "oct", "k": "AAAA"], .unsupported),
    ("no curve", ["crv": nil], .unsupported),
    ("another curve", ["crv": "P-384"], .unsupported),
    ("Bitcoin's curve", ["crv": "secp256k1"], .unsupported),
    ("another algorithm", ["alg": "HS256"], .unsupported),
    ("for encryption", ["use": "enc"], .unsupported),
    ("for signing only", ["key_ops": ["sign"]], .unsupported),
    ("no y", ["y": nil], .malformed),
    ("a number as y", ["y": 1], .malformed),
    ("31 bytes", ["x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVA"], .malformed),
    ("33 bytes", ["x": "AH_NzidwxsRdQYPL7m_bS3tYBzM1e-nvE7rPbjx70VRF"], .malformed),
    ("padding", ["x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU="], .malformed),
    ("standard alphabet", ["y": "x/FEzRu9m36HLN/tue659LNpXW6pCyStikYjKIWI5a0"], .malformed),
    ("spare bits", ["y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a1"], .malformed),
    ("off the curve", ["y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5aw"], .notOnCurve),
    ("coordinates swapped", ["x": goodKey["y"] ?? nil, "y": goodKey["x"] ?? nil], .notOnCurve),
    ("the point (0, 0)", ["x": .string(zeros), "y": .string(zeros)], .notOnCurve),
    ("coordinates beyond the field", ["x": .string(ones), "y": .string(ones)], .notOnCurve),
]

private let zeros = Base64.encodeURL([UInt8](repeating: 0, count: 32))
private let ones = Base64.encodeURL([UInt8](repeating: 0xFF, count: 32))
