import Cryptography
import Primitives
import Testing

@Suite("X25519 keys in files")
struct X25519FileTests {
    /// As OpenSSL 3.0 writes them: `openssl genpkey -algorithm x25519`, `openssl pkey -pubout`.
    private static let privateFile = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VuBCIEIGCXg/jqaVcBsgiZY/YeMvyqmWcWfbiG8NUILKQFnJx+
        -----END PRIVATE KEY-----

        """
    private static let publicFile = """
        -----BEGIN PUBLIC KEY-----
        MCowBQYDK2VuAyEASoG8oYwJlCjDUH52nEHauaj/dHDCIWLh6efcdkqTgBw=
        -----END PUBLIC KEY-----

        """
    private static let publicBytes = "4a81bca18c099428c3507e769c41dab9a8ff7470c22162e1e9e7dc764a93801c"

    @Test("What OpenSSL writes is read, and written alike")
    func openSSL() throws {
        let key = try X25519PrivateKey(pem: Array(Self.privateFile.utf8))
        #expect(Hex.encode(key.publicKey.bytes) == Self.publicBytes)
        #expect(key.publicKey == (try X25519PublicKey(pem: Array(Self.publicFile.utf8))))
        #expect(key.publicKey.pem == Self.publicFile)
    }

    @Test("A fresh key's text is of OpenSSL's form and gives the key back")
    func fresh() throws {
        var texts: Set<[UInt8]> = []
        for _ in 0..<64 {
            let (key, pem) = try X25519PrivateKey.generatePEM()
            let text = pem.withBytes { Array($0) }
            #expect(text.count == Self.privateFile.utf8.count)
            #expect(text.starts(with: Array(Self.privateFile.utf8).prefix(48)))
            #expect(try X25519PrivateKey(pem: text).publicKey == key.publicKey)
            texts.insert(text)
        }
        #expect(texts.count == 64)
    }

    static let refused: [(String, KeyFileError)] = [
        ("", .malformed), (publicFile, .malformed), (privateFile + "x", .malformed),
        (privateFile.replacing("MC4CAQAwBQYDK2Vu", with: "MC4CAQAwBQYDK2Vw"), .otherKind),
        (privateFile.replacing("nJx+", with: ""), .malformed),
    ]

    @Test("Anything else is refused", arguments: refused)
    func refuses(text: String, reason: KeyFileError) {
        #expect(throws: reason) { try X25519PrivateKey(pem: Array(text.utf8)) }
    }

    @Test("A public key of another kind, or a private one, is refused as a public key")
    func publicKeys() {
        let edwards = Self.publicFile.replacing("K2Vu", with: "K2Vw")
        #expect(throws: KeyFileError.otherKind) { try X25519PublicKey(pem: Array(edwards.utf8)) }
        #expect(throws: KeyFileError.malformed) { try X25519PublicKey(pem: Array(Self.privateFile.utf8)) }
    }
}
