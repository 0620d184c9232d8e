import Primitives
import Testing

@testable import Cryptography

@Suite("Tokens, mutated at random")
struct TokenMutationTests {
    /// Fixed seeds, and one of the day that is printed when it fails.
    private static let seeds: [UInt64] = [1, 2, 3, UInt64.random(in: 4 ... .max)]

    @Test("No mutation of a token is taken, and none stops the process", arguments: seeds)
    func mutations(seed: UInt64) {
        let key = ES256PrivateKey.generate()
        let verifier = TokenVerifier(keys: TokenKeySet([key.publicKey]), issuer: "i", audience: "a", type: "at+jwt")
        let claims: JSON = ["iss": "i", "aud": "a", "exp": 2_000]
        let token = Array(TokenSigner(key: key, type: "at+jwt").token(claims: claims).utf8)
        var mutator = Mutator(seed: seed)
        for round in 0..<1_000 {
            let text = String(decoding: mutator.mutated(token), as: UTF8.self)
            guard !text.utf8.elementsEqual(token) else { continue }
            #expect(throws: TokenError.self, "seed \(seed), round \(round)") {
                try verifier.claims(of: text, at: Timestamp(unixSeconds: 1_000))
            }
        }
    }

    @Test("Headers and claims mutated before signing are refused or mean what they meant", arguments: seeds)
    func signedMutations(seed: UInt64) {
        let key = ES256PrivateKey.generate()
        let verifier = TokenVerifier(keys: TokenKeySet([key.publicKey]), issuer: "i", audience: "a", type: "at+jwt")
        let header = Array(#"{"alg":"ES256","kid":"\#(key.publicKey.thumbprint)","typ":"at+jwt"}"#.utf8)
        let payload = Array(#"{"iss":"i","aud":["a"],"exp":2000,"nbf":0,"sub":"w"}"#.utf8)
        var mutator = Mutator(seed: seed)
        for round in 0..<1_000 {
            let parts = round % 2 == 0 ? [mutator.mutated(header), payload] : [header, mutator.mutated(payload)]
            let signed = parts.map { Base64.encodeURL($0) }.joined(separator: ".")
            let token = signed + "." + Base64.encodeURL(key.sign(Array(signed.utf8)))
            guard let claims = try? verifier.claims(of: token, at: Timestamp(unixSeconds: 1_000)) else { continue }
            #expect(claims["iss"] == "i", "seed \(seed), round \(round)")
            let audiences = claims["aud"]?.array ?? [claims["aud"] ?? .null]
            #expect(audiences.contains("a"), "seed \(seed), round \(round)")
            #expect((claims["exp"]?.integer ?? 0) > 970, "seed \(seed), round \(round)")
            #expect((claims["nbf"]?.integer ?? 0) <= 1_030, "seed \(seed), round \(round)")
        }
    }
}

/// Changes texts in the ways that parsers get wrong: replace, insert, remove, repeat, swap.
struct Mutator {
    private let random: SeededRandom

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    mutating func mutated(_ text: [UInt8]) -> [UInt8] {
        var text = text
        for _ in 0...below(3) where !text.isEmpty {
            let place = below(text.count)
            let span = min(text.count - place, 1 + below(8))
            switch below(5) {
            case 0: text[place] = UInt8(below(128))
            case 1: text.insert(UInt8(below(128)), at: place)
            case 2: text.removeSubrange(place..<place + span)
            case 3: text.insert(contentsOf: text[place..<place + span], at: below(text.count))
            default: text.swapAt(place, below(text.count))
            }
        }
        return text
    }

    private func below(_ bound: Int) -> Int {
        let bytes = random.bytes(2)
        return (Int(bytes[0]) << 8 | Int(bytes[1])) % bound
    }
}
