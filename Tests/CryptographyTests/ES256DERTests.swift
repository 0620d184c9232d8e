import Cryptography
import Primitives
import Testing

@Suite("P-256 keys and signatures as platforms outside of JOSE write them")
struct ES256DERTests {
    private static let prefix = "3059301306072a8648ce3d020106082a8648ce3d030107034200"

    private static func integer(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        let magnitude = Array(bytes.drop { $0 == 0 })
        let padded = (magnitude.first ?? 0x80) >= 0x80 ? [0] + magnitude : magnitude
        return [0x02, UInt8(padded.count)] + padded
    }

    private static func der(_ raw: [UInt8]) -> [UInt8] {
        let body = integer(raw.prefix(32)) + integer(raw.suffix(32))
        return [0x30, UInt8(body.count)] + body
    }

    @Test("A key is the same by its point, its SubjectPublicKeyInfo and its JWK; nothing else is one")
    func keys() throws {
        let key = ES256PrivateKey.generate().publicKey
        let info = try #require(Hex.decode(ES256DERTests.prefix)) + key.point
        #expect(ES256PublicKey(point: key.point) == key)
        #expect(ES256PublicKey(subjectPublicKeyInfo: info) == key)
        #expect(try ES256PublicKey(jwk: key.jwk) == key)
        var offCurve = key.point
        offCurve[64] ^= 1
        for bad in [[], Array(key.point.dropLast()), key.point + [0], offCurve, [4] + [UInt8](repeating: 0, count: 64)]
        {
            #expect(ES256PublicKey(point: bad) == nil)
            #expect(ES256PublicKey(subjectPublicKeyInfo: Array(info.prefix(26)) + bad) == nil)
        }
        for place in 0..<26 {
            var altered = info
            altered[place] ^= 1
            #expect(ES256PublicKey(subjectPublicKeyInfo: altered) == nil)
        }
    }

    @Test("A DER signature verifies in its one spelling, over its own message; a hundred of them, short ones too")
    func signatures() {
        let key = ES256PrivateKey.generate()
        for number in 0..<100 {
            let message = Array("message \(number)".utf8)
            let der = ES256DERTests.der(key.sign(message))
            #expect(key.publicKey.isValid(derSignature: der, over: message))
            #expect(!key.publicKey.isValid(derSignature: der, over: message + [0]))
        }
        let der = ES256DERTests.der(key.sign([1]))
        let long = [0x30, 0x81] + der.dropFirst()
        let padded = [0x30, der[1] + 1, 0x02, der[3] + 1, 0] + der.dropFirst(4)
        for bad in [[], der + [0], Array(der.dropLast()), long, padded, [UInt8](repeating: 0, count: 70)] {
            #expect(!key.publicKey.isValid(derSignature: bad, over: [1]))
        }
        for place in der.indices {
            var altered = der
            altered[place] ^= 1
            #expect(!key.publicKey.isValid(derSignature: altered, over: [1]))
        }
    }
}
