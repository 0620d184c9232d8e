import Primitives
import Testing

@testable import Cryptography

@Suite("AES-256-GCM")
struct AESGCMTests {
    @Test("Published cases seal and open as printed", arguments: Vectors.cases("aes-256-gcm"))
    func published(vector: JSON) throws {
        let key = try Secret(copying: try vector.bytes("key"))
        let nonce = try vector.bytes("nonce")
        let associated = try vector.bytes("aad")
        let plaintext = try vector.bytes("pt")
        let sealed = AESGCM.seal(plaintext, key: key, nonce: nonce, associated: associated)
        #expect(try sealed == vector.bytes("ct") + vector.bytes("tag"))
        let secret = try Secret(copying: plaintext)
        #expect(AESGCM.seal(secret, key: key, nonce: nonce, associated: associated) == sealed)
        #expect(try AESGCM.open(sealed, key: key, nonce: nonce, associated: associated) == plaintext)
        #expect(try AESGCM.openSecret(sealed, key: key, nonce: nonce, associated: associated).isEqual(to: secret))
    }

    @Test("A change of any byte of text, tag, nonce, associated data or key is noticed")
    func tampering() throws {
        let keyBytes = [UInt8](0..<32)
        let good = Sealed(key: keyBytes, nonce: Array(0..<12), associated: Array("v1|wallet".utf8), text: [])
        var sealed = good
        sealed.text = AESGCM.seal(
            Array("sk-ant-test-1".utf8), key: try Secret(copying: keyBytes), nonce: good.nonce,
            associated: good.associated)
        #expect(try sealed.opened() == Array("sk-ant-test-1".utf8))
        for part in [\Sealed.text, \.nonce, \.associated, \.key] {
            for index in sealed[keyPath: part].indices {
                for bit in 0..<8 {
                    var forged = sealed
                    forged[keyPath: part][index] ^= 1 << UInt8(bit)
                    #expect(throws: AESGCMError.notAuthentic) { try forged.opened() }
                    #expect(throws: AESGCMError.notAuthentic) { try forged.openedSecret() }
                    #expect(hasNoErrors, "a refusal leaves nothing for the next TLS call to find")
                }
            }
        }
    }

    @Test("Truncated, extended and malformed inputs are refused")
    func lengths() throws {
        let key = [UInt8](repeating: 1, count: 32)
        var sealed = Sealed(key: key, nonce: Array(0..<12), associated: [], text: [])
        sealed.text = AESGCM.seal([1, 2, 3], key: try Secret(copying: key), nonce: sealed.nonce, associated: [])
        for count in 0..<sealed.text.count {
            var cut = sealed
            cut.text = Array(sealed.text.prefix(count))
            #expect(throws: count < 16 ? AESGCMError.malformed : .notAuthentic) { try cut.opened() }
        }
        var longer = sealed
        longer.text.append(0)
        #expect(throws: AESGCMError.notAuthentic) { try longer.opened() }
        for count in [0, 11, 13, 16] {
            var other = sealed
            other.nonce = [UInt8](repeating: 0, count: count)
            #expect(throws: AESGCMError.malformed) { try other.opened() }
        }
    }

    @Test("A text too long for secret memory opens as bytes only")
    func secretLimit() throws {
        let key = try Secret(randomCount: 32)
        let limit = try #require(SecretArena.usage).slotBytes
        let nonce = [UInt8](repeating: 0, count: 12)
        for (count, fits) in [(limit - 1, true), (limit, true), (limit + 1, false)] {
            let sealed = AESGCM.seal([UInt8](repeating: 9, count: count), key: key, nonce: nonce, associated: [])
            #expect(try AESGCM.open(sealed, key: key, nonce: nonce, associated: []).count == count)
            if fits {
                #expect(try AESGCM.openSecret(sealed, key: key, nonce: nonce, associated: []).count == count)
            } else {
                #expect(throws: AESGCMError.memory(.tooLong(limit: limit))) {
                    try AESGCM.openSecret(sealed, key: key, nonce: nonce, associated: [])
                }
            }
        }
    }
}

/// A sealed text with all that opening it needs.
private struct Sealed {
    var key: [UInt8]
    var nonce: [UInt8]
    var associated: [UInt8]
    var text: [UInt8]

    func opened() throws -> [UInt8] {
        try AESGCM.open(text, key: Secret(copying: key), nonce: nonce, associated: associated)
    }

    func openedSecret() throws -> Secret {
        try AESGCM.openSecret(text, key: Secret(copying: key), nonce: nonce, associated: associated)
    }
}
