import Primitives
import Testing

@testable import Cryptography

@Suite("SHA-256, HMAC, HKDF")
struct HashTests {
    @Test(
        "SHA-256 gives the digests of FIPS 180-4",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func sha256(text: String, digest: String) throws {
        let bytes = Array(text.utf8)
        #expect(Hex.encode(SHA256.hash(bytes)) == digest)
        #expect(Hex.encode(SHA256.hash(try Secret(copying: bytes))) == digest)
    }

    @Test("SHA-256 does not care how a message is cut")
    func cuts() {
        let message = SeededRandom(seed: 1).bytes(200)
        let whole = SHA256.hash(message)
        for cut in 0...message.count {
            #expect(SHA256.hash(Array(message[..<cut]), Array(message[cut...])) == whole)
            var stream = SHA256()
            stream.update(Array(message[..<cut]))
            stream.update(Array(message[cut...]))
            #expect(stream.finish() == whole)
        }
        #expect(SHA256.hash([], message, []) == whole)
    }

    @Test("HMAC-SHA256 gives the codes of RFC 4231", arguments: Vectors.cases("hmac-sha256"))
    func hmac(vector: JSON) throws {
        let key: [UInt8]
        if let repeated = vector["keyRepeat"]?.array?.compactMap(\.integer) {
            key = [UInt8](repeating: UInt8(repeated[1]), count: Int(repeated[0]))
        } else {
            key = try vector.bytes("key")
        }
        let secret = try Secret(copying: key)
        let data = try vector.bytes("data")
        let code = HMACSHA256.code(over: data, key: secret)
        let expected = try vector.bytes("code")
        #expect(Array(code.prefix(expected.count)) == expected)
        #expect(HMACSHA256.code(over: Array(data.prefix(3)), Array(data.dropFirst(3)), key: secret) == code)
        #expect(try HMACSHA256.secretCode(over: data, key: secret).withBytes { Array($0) } == code)
        #expect(HMACSHA256.isValid(code, over: data, key: secret))
    }

    @Test("An empty key and an empty message have a code, too")
    func emptyKey() throws {
        let code = HMACSHA256.code(over: [], key: try Secret(copying: []))
        #expect(Hex.encode(code) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
    }

    @Test("An altered or shortened code is refused")
    func forgedCode() throws {
        let key = try Secret(copying: Array("Jefe".utf8))
        let data = Array("what do ya want for nothing?".utf8)
        let code = HMACSHA256.code(over: data, key: key)
        for index in code.indices {
            var forged = code
            forged[index] ^= 1
            #expect(!HMACSHA256.isValid(forged, over: data, key: key))
            #expect(!ConstantTime.equal(forged, code))
        }
        #expect(!HMACSHA256.isValid([], over: data, key: key))
        #expect(!HMACSHA256.isValid(Array(code.dropLast()), over: data, key: key))
        #expect(!HMACSHA256.isValid(code + [0], over: data, key: key))
        #expect(!HMACSHA256.isValid(code, over: data + [0], key: key))
        #expect(!HMACSHA256.isValid(code, over: data, key: try Secret(copying: Array("jefe".utf8))))
    }

    @Test("HKDF gives the keys of RFC 5869", arguments: Vectors.cases("hkdf-sha256"))
    func hkdf(vector: JSON) throws {
        let input = try Secret(copying: try vector.bytes("ikm"))
        let salt = try vector.bytes("salt")
        let info = try vector.bytes("info")
        let count = Int(try #require(vector["length"]?.integer))
        let key = try HKDF.extract(salt: salt, input: input)
        #expect(key.isEqual(to: try Secret(copying: try vector.bytes("prk"))))
        let output = try Secret(copying: try vector.bytes("okm"))
        #expect(try HKDF.expand(key, info: info, count: count).isEqual(to: output))
        #expect(try HKDF.derive(salt: salt, input: input, info: info, count: count).isEqual(to: output))
    }

    @Test("HKDF output beyond a slot of secret memory is an error")
    func hkdfLimit() throws {
        let key = try Secret(randomCount: 32)
        let limit = try #require(SecretArena.usage).slotBytes
        #expect(try HKDF.expand(key, info: [], count: limit).count == limit)
        #expect(throws: SecretError.tooLong(limit: limit)) { try HKDF.expand(key, info: [], count: limit + 1) }
    }

    @Test("Wiping empties the array and zeroes its storage")
    func wiping() {
        var bytes: [UInt8] = [1, 2, 3]
        Wipe.bytes(&bytes)
        #expect(bytes.isEmpty)
        var storage: [UInt8] = [1, 2, 3]
        storage.withUnsafeMutableBytes { Wipe.memory($0) }
        #expect(storage == [0, 0, 0])
    }
}
