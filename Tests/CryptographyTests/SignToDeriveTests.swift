import Primitives
import Testing

@testable import Cryptography

@Suite("Keys derived from signatures: vectors")
struct SignToDeriveTests {
    @Test("RFC 5869 case 1 as the file has it")
    func rfc5869() throws {
        let vector = try #require(Vectors.cases("sign-to-derive").first { $0["id"] == "rfc5869-1" })
        let output = try HKDF.derive(
            salt: vector.bytes("salt"), input: Secret(copying: vector.bytes("ikm")), info: vector.bytes("info"),
            count: Int(#require(vector["length"]?.integer)))
        #expect(output.isEqual(to: try Secret(copying: vector.bytes("okm"))))
    }

    @Test("The signature without v gives the key, and the key opens the text", arguments: signed)
    func derivation(vector: JSON) throws {
        let signature = try vector.bytes("signature")
        let wallet = try #require(vector["message"]).bytes("wallet")
        let info = try #require(vector["hkdf"]?["info"]?.string)
        let key = try HKDF.derive(
            salt: wallet, input: Secret(copying: signature.prefix(64)), info: Array(info.utf8), count: 32)
        #expect(key.isEqual(to: try Secret(copying: vector.bytes("key"))))

        let associated = Array(try #require(vector["aad"]?.string).utf8)
        let plaintext = Array(try #require(vector["plaintext"]?.string).utf8)
        let sealed = try vector.bytes("ciphertextAndTag")
        let nonce = try vector.bytes("nonce")
        #expect(AESGCM.seal(plaintext, key: key, nonce: nonce, associated: associated) == sealed)
        let opened = try AESGCM.openSecret(sealed, key: key, nonce: nonce, associated: associated)
        #expect(opened.isEqual(to: try Secret(copying: plaintext)))
    }

    @Test("Every case of the file is run by one of these tests")
    func completeness() {
        #expect(Vectors.cases("sign-to-derive").count == 1 + SignToDeriveTests.signed.count)
        #expect(SignToDeriveTests.signed.count == 3)
    }

    private static let signed = Vectors.cases("sign-to-derive").filter { $0["signature"] != nil }
}
