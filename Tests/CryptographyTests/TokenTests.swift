import Primitives
import Testing

@testable import Cryptography

@Suite("Tokens")
struct TokenTests {
    private let key = ES256PrivateKey.generate()
    private let now = Timestamp(unixSeconds: 1_740_000_000)

    private var verifier: TokenVerifier {
        TokenVerifier(keys: TokenKeySet([key.publicKey]), issuer: "https://gw.example", audience: "gw", type: "at+jwt")
    }

    private var claims: [(String, JSON)] {
        [("iss", "https://gw.example"), ("aud", "gw"), ("sub", "w1"), ("exp", 1_740_000_300), ("iat", 1_740_000_000)]
    }

    /// The good claims with some replaced (`null`: left out).
    private func claims(_ change: [String: JSON]) -> JSON {
        var members: [JSON.Member] = []
        for (name, value) in claims where change[name] == nil { members.append(JSON.Member(name, value)) }
        for (name, value) in change where !value.isNull { members.append(JSON.Member(name, value)) }
        return .object(members)
    }

    /// A correctly signed token over any two texts.
    private func token(header: String, payload: String) -> String {
        let signed = Base64.encodeURL(Array(header.utf8)) + "." + Base64.encodeURL(Array(payload.utf8))
        return signed + "." + Base64.encodeURL(key.sign(Array(signed.utf8)))
    }

    private var header: String { #"{"alg":"ES256","kid":"\#(key.publicKey.thumbprint)","typ":"at+jwt"}"# }

    @Test("What the signer writes the verifier reads, claims in order and header exact")
    func roundTrip() throws {
        let signer = TokenSigner(key: key, type: "at+jwt")
        let token = signer.token(claims: claims([:]))
        #expect(try verifier.claims(of: token, at: now) == claims([:]))
        let first = try #require(token.split(separator: ".").first)
        #expect(Base64.decodeURL(first).map { String(decoding: $0, as: UTF8.self) } == header)
        #expect(token.utf8.allSatisfy { $0 != UInt8(ascii: "=") })
    }

    @Test("The long form of the type is taken; any other type, other case and no type are not")
    func types() throws {
        let payload = claims([:]).text
        for type in [#""at+jwt""#, #""application/at+jwt""#] {
            let good = #"{"alg":"ES256","kid":"\#(key.publicKey.thumbprint)","typ":\#(type)}"#
            #expect(try verifier.claims(of: token(header: good, payload: payload), at: now)["sub"] == "w1")
        }
        for type in [#""JWT""#, #""at+JWT""#, #""AT+JWT""#, #""at+jwt ""#, #""""#, "1", "null", #"["at+jwt"]"#] {
            let bad = #"{"alg":"ES256","kid":"\#(key.publicKey.thumbprint)","typ":\#(type)}"#
            #expect(throws: TokenError.wrongType) {
                try verifier.claims(of: token(header: bad, payload: payload), at: now)
            }
        }
        let none = #"{"alg":"ES256","kid":"\#(key.publicKey.thumbprint)"}"#
        #expect(throws: TokenError.wrongType) {
            try verifier.claims(of: token(header: none, payload: payload), at: now)
        }
    }

    @Test(
        "Correctly signed tokens with a bad header are refused",
        arguments: [
            (#"{"alg":"none","kid":"$","typ":"at+jwt"}"#, TokenError.wrongAlgorithm),
            (#"{"alg":"None","kid":"$","typ":"at+jwt"}"#, .wrongAlgorithm),
            (#"{"alg":"HS256","kid":"$","typ":"at+jwt"}"#, .wrongAlgorithm),
            (#"{"alg":"ES384","kid":"$","typ":"at+jwt"}"#, .wrongAlgorithm),
            (#"{"alg":"es256","kid":"$","typ":"at+jwt"}"#, .wrongAlgorithm),
            (#"{"alg":["ES256"],"kid":"$","typ":"at+jwt"}"#, .wrongAlgorithm),
            (#"{"kid":"$","typ":"at+jwt"}"#, .wrongAlgorithm),
            (#"{"alg":"ES256","kid":"$","typ":"at+jwt","crit":["b64"]}"#, .forbiddenHeader),
            (#"{"alg":"ES256","kid":"$","typ":"at+jwt","crit":[]}"#, .forbiddenHeader),
            (#"{"alg":"ES256","kid":"$","typ":"at+jwt","b64":false}"#, .forbiddenHeader),
            (#"{"alg":"ES256","kid":"$","typ":"at+jwt","zip":"DEF"}"#, .forbiddenHeader),
            (#"{"alg":"ES256","kid":"$","typ":"at+jwt","jwk":{"kty":"EC"}}"#, .forbiddenHeader),
            (#"{"alg":"ES256","kid":"$","typ":"at+jwt","jku":"https://evil.example"}"#, .forbiddenHeader),
            (#"{"alg":"ES256","kid":"$","typ":"at+jwt","x5u":"https://evil.example"}"#, .forbiddenHeader),
            (#"{"alg":"ES256","kid":"$","typ":"at+jwt","x5c":[]}"#, .forbiddenHeader),
            (#"{"alg":"ES256","kid":"$","typ":"at+jwt","cty":"JWT"}"#, .forbiddenHeader),
            (#"{"alg":"ES256","kid":"$","typ":"at+jwt","":1}"#, .forbiddenHeader),
            (#"{"alg":"ES256","typ":"at+jwt"}"#, .unknownKey),
            (#"{"alg":"ES256","kid":"","typ":"at+jwt"}"#, .unknownKey),
            (#"{"alg":"ES256","kid":"$x","typ":"at+jwt"}"#, .unknownKey),
            (#"{"alg":"ES256","kid":null,"typ":"at+jwt"}"#, .unknownKey),
            (#"{"alg":"ES256","kid":["$"],"typ":"at+jwt"}"#, .unknownKey),
            (#"{"alg":"ES256","alg":"ES256","kid":"$","typ":"at+jwt"}"#, .malformed),
            (#"{"alg":"none","alg":"ES256","kid":"$","typ":"at+jwt"}"#, .malformed),
            (#"{"alg":"ES256","kid":"$","typ":"at+jwt"} x"#, .malformed),
            (#"["alg","ES256"]"#, .malformed),
            (#""ES256""#, .malformed),
            ("", .malformed),
            ("{", .malformed),
        ])
    func badHeaders(header: String, error: TokenError) {
        let header = header.split(separator: "$", omittingEmptySubsequences: false).joined(
            separator: key.publicKey.thumbprint)
        #expect(throws: error) { try verifier.claims(of: token(header: header, payload: claims([:]).text), at: now) }
    }

    @Test(
        "Correctly signed tokens with bad claims are refused",
        arguments: [
            (["iss": "https://gw.example/"], TokenError.wrongIssuer), (["iss": "https://GW.example"], .wrongIssuer),
            (["iss": ""], .wrongIssuer), (["iss": nil], .malformed), (["iss": ["https://gw.example"]], .malformed),
            (["aud": "gw2"], .wrongAudience), (["aud": "g"], .wrongAudience), (["aud": []], .wrongAudience),
            (["aud": ["a", "b"]], .wrongAudience), (["aud": nil], .malformed), (["aud": 1], .malformed),
            (["aud": ["gw", 1]], .malformed), (["aud": ["gw": true]], .malformed),
            (["exp": nil], .malformed), (["exp": "1740000300"], .malformed),
            (["exp": .number("1740000300.5")], .malformed), (["exp": .number("1e12")], .malformed),
            (["exp": .number("99999999999999999999")], .malformed),
            (["exp": true], .malformed), (["exp": 0], .expired), (["exp": -1], .expired),
            (["exp": .integer(.min)], .expired),
            (["nbf": "1740000000"], .malformed), (["nbf": .number("1.5")], .malformed), (["iat": [1]], .malformed),
            (["nbf": .integer(.max)], .notYetValid), (["iat": .integer(.max)], .notYetValid),
        ] as [([String: JSON], TokenError)])
    func badClaims(change: [String: JSON], error: TokenError) {
        let token = TokenSigner(key: key, type: "at+jwt").token(claims: claims(change))
        #expect(throws: error) { try verifier.claims(of: token, at: now) }
    }

    @Test("Payloads that are no JSON object or name a member twice are refused")
    func badPayloads() {
        let twice = #"{"iss":"https://gw.example","aud":"gw","exp":1740000300,"aud":"gw"}"#
        for payload in ["", "[]", "null", "1", #""x""#, "{", "\u{FEFF}{}", twice] {
            #expect(throws: TokenError.malformed) {
                try verifier.claims(of: token(header: header, payload: payload), at: now)
            }
        }
    }

    @Test("Issuers are compared byte by byte, not by how they look")
    func canonicalEquivalence() {
        let composed = TokenVerifier(
            keys: TokenKeySet([key.publicKey]), issuer: "caf\u{E9}", audience: "K", type: "at+jwt")
        let signer = TokenSigner(key: key, type: "at+jwt")
        let decomposed = signer.token(claims: claims(["iss": "cafe\u{301}", "aud": "K"]))
        #expect(throws: TokenError.wrongIssuer) { try composed.claims(of: decomposed, at: now) }
        let kelvin = signer.token(claims: claims(["iss": "caf\u{E9}", "aud": "\u{212A}"]))
        #expect(throws: TokenError.wrongAudience) { try composed.claims(of: kelvin, at: now) }
    }

    @Test("Expiry is exclusive, not-before inclusive, both to the second", arguments: [0, 30, 60] as [Int64])
    func times(skew: Int64) throws {
        let verifier = TokenVerifier(
            keys: TokenKeySet([key.publicKey]), issuer: "https://gw.example", audience: "gw", type: "at+jwt",
            clockSkewSeconds: skew)
        let signer = TokenSigner(key: key, type: "at+jwt")
        let token = signer.token(claims: claims(["nbf": 1_740_000_100]))
        let (opens, ends) = (1_740_000_100 - skew, 1_740_000_300 + skew)
        let early = Timestamp(unixSeconds: opens - 1)
        #expect(throws: TokenError.notYetValid) { try verifier.claims(of: token, at: early) }
        #expect(try verifier.claims(of: token, at: Timestamp(unixSeconds: opens))["sub"] == "w1")
        #expect(try verifier.claims(of: token, at: Timestamp(unixSeconds: ends - 1))["sub"] == "w1")
        #expect(throws: TokenError.expired) { try verifier.claims(of: token, at: Timestamp(unixSeconds: ends)) }
        let issuedLater = signer.token(claims: claims(["iat": .integer(1_740_000_001 + skew)]))
        #expect(throws: TokenError.notYetValid) { try verifier.claims(of: issuedLater, at: now) }
        let issuedNow = signer.token(claims: claims(["iat": .integer(1_740_000_000 + skew)]))
        #expect(try verifier.claims(of: issuedNow, at: now)["sub"] == "w1")
    }

    @Test("A changed byte anywhere in a token is noticed")
    func tampering() throws {
        let verifier = verifier
        let token = Array(TokenSigner(key: key, type: "at+jwt").token(claims: claims([:])).utf8)
        for index in token.indices {
            for bit in 0..<8 {
                var forged = token
                forged[index] ^= 1 << UInt8(bit)
                guard let text = String(validating: forged, as: UTF8.self) else { continue }
                #expect(throws: TokenError.self) { try verifier.claims(of: text, at: now) }
            }
        }
    }

    @Test("A signature that holds but was cut, padded, extended or moved is refused")
    func shapes() throws {
        let token = TokenSigner(key: key, type: "at+jwt").token(claims: claims([:]))
        let parts = token.split(separator: ".").map(String.init)
        let shapes = [
            "", ".", "..", "...", token + ".", "." + token, token + ".x", token + "=", token + "\n", " " + token,
            token + " ", parts[0] + "." + parts[1], parts[0] + "." + parts[1] + ".", parts[0] + ".." + parts[2],
            "." + parts[1] + "." + parts[2], parts[0] + "=." + parts[1] + "." + parts[2],
            parts[1] + "." + parts[0] + "." + parts[2], token + "A", String(token.dropLast()), token + "AA",
            parts[0] + "\u{2E2E}" + parts[1] + "." + parts[2], token + "\0",
        ]
        for shape in shapes {
            #expect(throws: TokenError.self) { try verifier.claims(of: shape, at: now) }
        }
        #expect(try verifier.claims(of: token, at: now)["sub"] == "w1")
    }

    @Test("Spare bits of the last digit are refused, so a token has one text only")
    func spareBits() throws {
        let token = TokenSigner(key: key, type: "at+jwt").token(claims: claims([:]))
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let last = try #require(token.last.flatMap { alphabet.firstIndex(of: $0) })
        #expect(last % 4 == 0, "64 bytes leave four spare bits in 86 digits")
        for spare in 1...15 {
            let forged = String(token.dropLast()) + String(alphabet[last & ~15 | spare])
            guard forged != token else { continue }
            #expect(throws: TokenError.self) { try verifier.claims(of: forged, at: now) }
        }
    }

    @Test("A token at the size limit is read, one byte more is not looked at")
    func sizeLimit() throws {
        let signer = TokenSigner(key: key, type: "at+jwt")
        var lengths: Set<Int> = []
        for padding in 5_700..<6_100 {
            let token = signer.token(claims: claims(["pad": .string(String(repeating: "x", count: padding))]))
            lengths.insert(token.utf8.count)
            if token.utf8.count > TokenVerifier.maximumBytes {
                #expect(throws: TokenError.tooLarge) { try verifier.claims(of: token, at: now) }
            } else {
                #expect(try verifier.claims(of: token, at: now)["sub"] == "w1")
            }
        }
        #expect(lengths.contains(TokenVerifier.maximumBytes))
        #expect(lengths.contains(TokenVerifier.maximumBytes + 1))
    }

    @Test("During rotation both keys' tokens hold; after retirement only the new one's do")
    func rotation() throws {
        let next = ES256PrivateKey.generate()
        let old = TokenSigner(key: key, type: "at+jwt").token(claims: claims([:]))
        let new = TokenSigner(key: next, type: "at+jwt").token(claims: claims([:]))
        var verifier = verifier
        #expect(throws: TokenError.unknownKey) { try verifier.claims(of: new, at: now) }
        verifier.keys.activate(next.publicKey)
        #expect(verifier.keys.keys == [next.publicKey, key.publicKey])
        #expect(verifier.keys.jwks["keys"]?.array?.first?["kid"]?.string == next.publicKey.thumbprint)
        #expect(try verifier.claims(of: new, at: now)["sub"] == "w1")
        #expect(try verifier.claims(of: old, at: now)["sub"] == "w1")
        verifier.keys.retire(key.publicKey.thumbprint)
        #expect(throws: TokenError.unknownKey) { try verifier.claims(of: old, at: now) }
        #expect(try verifier.claims(of: new, at: now)["sub"] == "w1")
    }

    @Test("A token under another key's kid is refused")
    func borrowedKid() {
        let other = ES256PrivateKey.generate()
        let signed =
            Base64.encodeURL(Array(header.utf8)) + "." + Base64.encodeURL(claims([:]).bytes)
        let token = signed + "." + Base64.encodeURL(other.sign(Array(signed.utf8)))
        #expect(throws: TokenError.badSignature) { try verifier.claims(of: token, at: now) }
    }

    @Test("A key set reads back as published; duplicates and foreign keys are refused")
    func keySets() throws {
        let keys = (0..<3).map { _ in ES256PrivateKey.generate().publicKey }
        let set = TokenKeySet(keys + [keys[0]])
        #expect(set.keys == keys)
        #expect(try TokenKeySet(jwks: set.jwks).keys == keys)
        for key in keys { #expect(set[key.thumbprint] == key) }
        #expect(set["nobody"] == nil)
        let first = keys[0].jwk
        #expect(throws: JWKError.duplicateKey) { try TokenKeySet(jwks: ["keys": [first, first]]) }
        #expect(throws: JWKError.unsupported) { try TokenKeySet(jwks: ["keys": [first, ["kty": "RSA"]]]) }
        for malformed: JSON in [nil, [], ["keys": nil], ["keys": ["a"]], .object([])] {
            #expect(throws: JWKError.malformed) { try TokenKeySet(jwks: malformed) }
        }
        let many = JSON.array([JSON](repeating: first, count: TokenKeySet.maximumKeys + 1))
        #expect(throws: JWKError.malformed) { try TokenKeySet(jwks: ["keys": many]) }
    }
}
