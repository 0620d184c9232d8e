import Primitives
import Testing

@testable import Cryptography

@Suite("Hybrid public-key encryption")
struct HPKETests {
    @Test("RFC 9180 A.1.1: the same shared secret, schedule, nonces and exports")
    func published() throws {
        let vector = try #require(HPKETests.cases.first { $0["id"] == "rfc9180-a1" })
        let ephemeral = X25519PrivateKey(scalar: try Secret(copying: vector.bytes("skEm")))
        let key = X25519PrivateKey(scalar: try Secret(copying: vector.bytes("skRm")))
        #expect(try ephemeral.publicKey.bytes == vector.bytes("enc"))
        #expect(try key.publicKey.bytes == vector.bytes("pkRm"))
        let shared = try HPKEKeySchedule.encapsulate(ephemeral, to: key.publicKey)
        #expect(try shared.isEqual(to: Secret(copying: vector.bytes("sharedSecret"))))
        #expect(try HPKEKeySchedule.decapsulate(vector.bytes("enc"), with: key).isEqual(to: shared))

        let keys = try HPKEKeySchedule(sharedSecret: shared, info: vector.bytes("info"), aeadID: 1, keyBytes: 16)
        #expect(try keys.key.isEqual(to: Secret(copying: vector.bytes("key"))))
        #expect(try keys.baseNonce == vector.bytes("baseNonce"))
        #expect(try keys.exporter.isEqual(to: Secret(copying: vector.bytes("exporterSecret"))))
        let nonces: [(UInt64, String)] = [
            (1, "56d890e5accaaf011cff4b7c"), (2, "56d890e5accaaf011cff4b7f"), (4, "56d890e5accaaf011cff4b79"),
            (255, "56d890e5accaaf011cff4b82"), (256, "56d890e5accaaf011cff4a7d"),
        ]
        for (sequence, nonce) in nonces { #expect(keys.nonce(sequence) == hex(nonce)) }
        let exports = [
            "": "3853fe2b4035195a573ffc53856e77058e15d9ea064de3e59f4961d0095250ee",
            "00": "2e8f0b54673c7029649d4eb9d5e33bf1872cf76d623ff164ac185da9e88c21a5",
            "54657374436f6e74657874": "e9e43065102c3836401bed8c3c3c75ae46be1639869391d62c61f1ec7af54931",
        ]
        for (context, value) in exports {
            #expect(try keys.export(hex(context), count: 32).isEqual(to: Secret(copying: hex(value))))
        }
    }

    @Test("Vectors of this suite, both ends, at their sequence numbers", arguments: ofThisSuite)
    func vectors(vector: JSON) throws {
        let ephemeral = X25519PrivateKey(scalar: try Secret(copying: vector.bytes("skEm")))
        let key = X25519PrivateKey(scalar: try Secret(copying: vector.bytes("skRm")))
        let info = try vector.bytes("info")
        let shared = try HPKEKeySchedule.encapsulate(ephemeral, to: key.publicKey)
        #expect(try shared.isEqual(to: Secret(copying: vector.bytes("sharedSecret"))))
        let keys = try HPKEKeySchedule(sharedSecret: shared, info: info)
        #expect(try keys.key.isEqual(to: Secret(copying: vector.bytes("key"))))
        #expect(try keys.baseNonce == vector.bytes("baseNonce"))
        #expect(try keys.exporter.isEqual(to: Secret(copying: vector.bytes("exporterSecret"))))

        var sender = try HPKESender(to: key.publicKey, info: info, ephemeral: ephemeral)
        #expect(try sender.encapsulated == vector.bytes("enc"))
        var recipient = try HPKERecipient(encapsulated: sender.encapsulated, key: key, info: info)
        for _ in 0..<(try #require(vector["seq"]?.integer)) {
            let filler = try sender.seal([1], associated: [])
            #expect(try recipient.open(filler, associated: []) == [1])
        }
        let sealed = try sender.seal(vector.bytes("pt"), associated: vector.bytes("aad"))
        #expect(try sealed == vector.bytes("ct"))
        #expect(try recipient.open(sealed, associated: vector.bytes("aad")) == vector.bytes("pt"))
    }

    @Test("Every case of the file is run by one of these tests")
    func completeness() {
        #expect(HPKETests.cases.count == 1 + HPKETests.ofThisSuite.count)
        #expect(HPKETests.ofThisSuite.count == 3)
    }

    @Test("One call seals and one opens, bytes and secrets, and no two seals are alike")
    func singleShot() throws {
        let key = try X25519PrivateKey.generate()
        let secret = try Secret(randomCount: 32)
        let message = try HPKE.seal(secret, to: key.publicKey, info: [1], associated: [2])
        #expect(message.ciphertext.count == 32 + 16)
        #expect(try HPKE.openSecret(message, with: key, info: [1], associated: [2]).isEqual(to: secret))
        #expect(HPKEMessage(message.bytes) == message)
        #expect(try HPKE.seal(secret, to: key.publicKey, info: [1], associated: [2]) != message)
        for count in [0, 1, 16, 5_000] {
            let text = [UInt8](repeating: 7, count: count)
            let message = try HPKE.seal(text, to: key.publicKey, info: [], associated: [])
            #expect(try HPKE.open(message, with: key, info: [], associated: []) == text)
        }
        #expect(HPKEMessage([UInt8](repeating: 0, count: 47)) == nil)
        #expect(HPKEMessage([UInt8](repeating: 0, count: 48)) != nil)
    }

    @Test("Another key, purpose or associated text, and any altered byte, opens nothing")
    func refusals() throws {
        let key = try X25519PrivateKey.generate()
        let message = try HPKE.seal([1, 2, 3], to: key.publicKey, info: [1], associated: [2])
        let stranger = try X25519PrivateKey.generate()
        #expect(throws: HPKEError.notAuthentic) { try HPKE.open(message, with: stranger, info: [1], associated: [2]) }
        #expect(throws: HPKEError.notAuthentic) { try HPKE.open(message, with: key, info: [], associated: [2]) }
        #expect(throws: HPKEError.notAuthentic) { try HPKE.open(message, with: key, info: [1], associated: [1]) }
        for index in message.bytes.indices {
            var bytes = message.bytes
            bytes[index] ^= 1
            let altered = try #require(HPKEMessage(bytes))
            #expect(throws: HPKEError.notAuthentic) { try HPKE.open(altered, with: key, info: [1], associated: [2]) }
        }
        for count in [0, 31, 33] {
            let odd = HPKEMessage(encapsulated: [UInt8](repeating: 9, count: count), ciphertext: message.ciphertext)
            #expect(throws: HPKEError.malformed) { try HPKE.open(odd, with: key, info: [1], associated: [2]) }
        }
        let short = HPKEMessage(encapsulated: message.encapsulated, ciphertext: [1, 2, 3])
        #expect(throws: HPKEError.malformed) { try HPKE.open(short, with: key, info: [1], associated: [2]) }
    }

    @Test("Points of small order are refused at both ends", arguments: smallOrder)
    func refusedPoints(point: String) throws {
        let bytes = hex(point)
        let peer = try #require(X25519PublicKey(bytes))
        let key = try X25519PrivateKey.generate()
        #expect(throws: HPKEError.smallOrderKey) { try HPKE.seal([1], to: peer, info: [], associated: []) }
        let forged = HPKEMessage(encapsulated: bytes, ciphertext: [UInt8](repeating: 0, count: 17))
        #expect(throws: HPKEError.smallOrderKey) { try HPKE.open(forged, with: key, info: [], associated: []) }
        #expect(try key.agree(with: peer) == nil)
    }

    @Test("Texts open in their order only; a bad one in between does not use up a number")
    func order() throws {
        let key = try X25519PrivateKey.generate()
        var sender = try HPKESender(to: key.publicKey, info: [])
        var recipient = try HPKERecipient(encapsulated: sender.encapsulated, key: key, info: [])
        let texts = try (0..<3).map { try sender.seal([UInt8($0)], associated: []) }
        #expect(throws: HPKEError.notAuthentic) { try recipient.open(texts[1], associated: []) }
        #expect(try recipient.open(texts[0], associated: []) == [0])
        #expect(throws: HPKEError.notAuthentic) { try recipient.open(texts[0], associated: []) }
        #expect(try recipient.openSecret(texts[1], associated: []).isEqual(to: Secret(copying: [1])))
        #expect(try recipient.open(texts[2], associated: []) == [2])
    }

    @Test("The last number is used; after it a context seals and opens nothing more")
    func messageLimit() throws {
        let key = try X25519PrivateKey.generate()
        let last = UInt64.max - 1
        var sender = try HPKESender(
            to: key.publicKey, info: [], ephemeral: X25519PrivateKey.generate(), sequence: last)
        var recipient = try HPKERecipient(encapsulated: sender.encapsulated, key: key, info: [], sequence: last)
        let sealed = try sender.seal([1], associated: [])
        #expect(try recipient.open(sealed, associated: []) == [1])
        #expect(throws: HPKEError.messageLimit) { try sender.seal([1], associated: []) }
        #expect(throws: HPKEError.messageLimit) { try recipient.open(sealed, associated: []) }
        #expect(throws: HPKEError.messageLimit) { try recipient.openSecret(sealed, associated: []) }
    }

    @Test("Both ends export the same secret, another for each context")
    func export() throws {
        let key = try X25519PrivateKey.generate()
        let sender = try HPKESender(to: key.publicKey, info: [])
        let recipient = try HPKERecipient(encapsulated: sender.encapsulated, key: key, info: [])
        let one = try sender.export([1], count: 48)
        #expect(try recipient.export([1], count: 48).isEqual(to: one))
        #expect(try !recipient.export([2], count: 48).isEqual(to: one))
    }

    @Test("RFC 7748 section 6.1: both sides of the printed exchange agree on the printed secret")
    func agreement() throws {
        let alice = X25519PrivateKey(
            scalar: try Secret(copying: hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")))
        let bob = X25519PrivateKey(
            scalar: try Secret(copying: hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")))
        #expect(alice.publicKey.bytes == hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"))
        #expect(bob.publicKey.bytes == hex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"))
        let shared = try Secret(copying: hex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"))
        #expect(try alice.agree(with: bob.publicKey)?.isEqual(to: shared) == .some(true))
        #expect(try bob.agree(with: alice.publicKey)?.isEqual(to: shared) == .some(true))
    }

    private static let cases: [JSON] = Vectors.cases("hpke")
    private static let ofThisSuite: [JSON] = cases.filter { $0["aead"] == 2 }
    /// The u-coordinates of order 1, 2, 4 and 8, and their forms above the prime.
    private static let smallOrder: [String] = [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ]
}
