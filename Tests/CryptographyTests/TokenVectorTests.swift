import Primitives
import Testing

@testable import Cryptography

@Suite("JOSE vectors")
struct TokenVectorTests {
    @Test("Thumbprints are those of RFC 7638", arguments: with("thumbprint"))
    func thumbprints(vector: JSON) throws {
        let jwk = try #require(vector["jwk"])
        let thumbprint = try #require(vector["thumbprint"]?.string)
        #expect(try Base64.encodeURL(JWKThumbprint.bytes(of: jwk)) == thumbprint)
        guard jwk["kty"] == "EC" else { return }
        #expect(try ES256PublicKey(jwk: jwk).thumbprint == thumbprint)
        let d = try #require(vector["privateD"])
        let members = try #require(jwk.members) + [JSON.Member("d", d)]
        #expect(throws: JWKError.privateKey) { try ES256PublicKey(jwk: .object(members)) }
    }

    @Test("Published signatures verify", arguments: with("signatureValid"))
    func signatures(vector: JSON) throws {
        let key = try ES256PublicKey(jwk: #require(vector["jwk"]))
        let token = try #require(vector["token"]?.string)
        let dot = try #require(token.lastIndex(of: "."))
        let signature = try #require(Base64.decodeURL(token[dot...].dropFirst()))
        let valid = key.isValid(signature: signature, over: Array(token[..<dot].utf8))
        #expect(valid == vector["signatureValid"]?.bool)
    }

    @Test("Tokens are taken and refused as the vectors say, each for the stated reason", arguments: with("accept"))
    func tokens(vector: JSON) throws {
        let id = try #require(vector["id"]?.string)
        let expect = try #require(vector["expect"])
        let verifier = try TokenVerifier(
            keys: TokenKeySet(jwks: #require(vector["jwks"])), issuer: #require(expect["iss"]?.string),
            audience: #require(expect["aud"]?.string), type: "at+jwt")
        let now = Timestamp(unixSeconds: try #require(expect["now"]?.integer))
        let token = try #require(vector["token"]?.string)
        if vector["accept"] == true {
            #expect(try verifier.claims(of: token, at: now)["jti"] == "j-1")
        } else {
            #expect(throws: try #require(TokenVectorTests.reasons[id], "\(id)")) {
                try verifier.claims(of: token, at: now)
            }
        }
    }

    @Test("Every case of the file is run by one of these tests")
    func completeness() {
        let cases = Vectors.cases("jose-es256")
        #expect(cases.count == 15)
        for vector in cases {
            #expect(["thumbprint", "signatureValid", "accept"].count { vector[$0] != nil } == 1)
        }
    }

    private static let reasons: [String: TokenError] = [
        "typ-jwt": .wrongType, "expired": .expired, "aud": .wrongAudience, "hs256-pubkey": .wrongAlgorithm,
        "alg-none": .wrongAlgorithm, "zero-sig": .badSignature, "padded-b64": .malformed, "crit": .forbiddenHeader,
        "embedded-jwk": .forbiddenHeader,
    ]

    private static func with(_ member: String) -> [JSON] {
        Vectors.cases("jose-es256").filter { $0[member] != nil }
    }
}
