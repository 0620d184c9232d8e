import Primitives
import Testing

@testable import Cryptography

@Suite("secp256k1")
struct Secp256k1Tests {
    private static let order = hex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")

    @Test("A signature gives back the key that made it, verifies, and is the same each time")
    func roundTrip() throws {
        let random = SeededRandom(seed: 3)
        for round in 0..<64 {
            let key = try Secret(copying: random.bytes(32))
            let digest = random.bytes(32)
            let publicKey = try #require(Secp256k1.publicKey(of: key), "seed 3, round \(round)")
            let signature = try #require(Secp256k1.sign(digest: digest, key: key))
            let (r, s, id) = (signature.r, signature.s, signature.recoveryID)
            #expect(Secp256k1.recover(digest: digest, r: r, s: s, recoveryID: id) == publicKey)
            #expect(Secp256k1.isValid(r: r, s: s, over: digest, publicKey: publicKey))
            #expect(Secp256k1.sign(digest: digest, key: key) == signature)
            #expect(s[0] <= 0x7F, "low s")
            #expect(Secp256k1.recover(digest: digest, r: r, s: s, recoveryID: 1 - id) != publicKey)
            #expect(!Secp256k1.isValid(r: r, s: s, over: random.bytes(32), publicKey: publicKey))
        }
    }

    @Test("The key 1 has the generator as its public key")
    func generator() throws {
        let one = try Secret(copying: [UInt8](repeating: 0, count: 31) + [1])
        #expect(
            Secp256k1.publicKey(of: one)
                == hex(
                    """
                    79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798
                    483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8
                    """))
    }

    @Test(
        "What is no private key makes neither key nor signature",
        arguments: [
            [UInt8](repeating: 0, count: 32), order, [UInt8](repeating: 0xFF, count: 32), [], [1],
            [UInt8](repeating: 1, count: 31), [UInt8](repeating: 1, count: 33),
        ])
    func badKeys(bytes: [UInt8]) throws {
        let secret = try Secret(copying: bytes)
        #expect(Secp256k1.publicKey(of: secret) == nil)
        #expect(Secp256k1.sign(digest: [UInt8](repeating: 1, count: 32), key: secret) == nil)
    }

    @Test("The largest private key is one; the order is none")
    func largestKey() throws {
        var largest = Secp256k1Tests.order
        largest[31] -= 1
        #expect(Secp256k1.publicKey(of: try Secret(copying: largest)) != nil)
    }

    @Test("Numbers out of range, recovery ids 2 and 3, and wrong lengths recover nothing")
    func badSignatures() throws {
        let digest = [UInt8](repeating: 7, count: 32)
        let key = try Secret(copying: [UInt8](repeating: 5, count: 32))
        let good = try #require(Secp256k1.sign(digest: digest, key: key))
        let zero = [UInt8](repeating: 0, count: 32)
        let order = Secp256k1Tests.order
        let bad: [(r: [UInt8], s: [UInt8], id: UInt8)] = [
            (zero, good.s, 0), (good.r, zero, 0), (order, good.s, 0), (good.r, order, 0),
            (good.r, good.s, 2), (good.r, good.s, 3), (good.r, good.s, 255),
            (Array(good.r.dropLast()), good.s, 0), (good.r, good.s + [0], 0), ([], [], 0),
        ]
        for (r, s, id) in bad {
            #expect(Secp256k1.recover(digest: digest, r: r, s: s, recoveryID: id) == nil)
        }
        let (r, s, id) = (good.r, good.s, good.recoveryID)
        #expect(Secp256k1.recover(digest: Array(digest.dropLast()), r: r, s: s, recoveryID: id) == nil)
        #expect(Secp256k1.recover(digest: [], r: r, s: s, recoveryID: id) == nil)
    }

    @Test("Verification refuses a high s and a point off the curve")
    func strictVerification() throws {
        let digest = [UInt8](repeating: 7, count: 32)
        let key = try Secret(copying: [UInt8](repeating: 5, count: 32))
        let good = try #require(Secp256k1.sign(digest: digest, key: key))
        let publicKey = try #require(Secp256k1.publicKey(of: key))
        #expect(Secp256k1.isValid(r: good.r, s: good.s, over: digest, publicKey: publicKey))
        let high = subtract(good.s, from: Secp256k1Tests.order)
        #expect(!Secp256k1.isValid(r: good.r, s: high, over: digest, publicKey: publicKey))
        #expect(
            Secp256k1.recover(digest: digest, r: good.r, s: high, recoveryID: 1 - good.recoveryID) == publicKey,
            "recovery takes the high twin: callers have to refuse it")
        var offCurve = publicKey
        offCurve[63] ^= 1
        #expect(!Secp256k1.isValid(r: good.r, s: good.s, over: digest, publicKey: offCurve))
        #expect(!Secp256k1.isValid(r: good.r, s: good.s, over: digest, publicKey: Array(publicKey.dropLast())))
    }

    private func subtract(_ right: [UInt8], from left: [UInt8]) -> [UInt8] {
        var result = left
        var borrow = 0
        for index in result.indices.reversed() {
            let difference = Int(left[index]) - Int(right[index]) - borrow
            borrow = difference < 0 ? 1 : 0
            result[index] = UInt8(truncatingIfNeeded: difference)
        }
        return result
    }
}
