import Primitives
import Testing

@testable import Cryptography

@Suite("Ed25519")
struct Ed25519Tests {
    @Test("RFC 8032 cases sign and verify as printed", arguments: signing)
    func published(vector: JSON) throws {
        let key = try Ed25519PrivateKey(seed: Secret(copying: vector.bytes("seed")))
        #expect(try key.publicKey.bytes == vector.bytes("publicKey"))
        let message = try vector.bytes("message")
        let signature = key.sign(message)
        #expect(try signature == vector.bytes("signature"))
        #expect(key.publicKey.isValid(signature: signature, over: message))
        for index in signature.indices {
            var altered = signature
            altered[index] ^= 1
            #expect(!key.publicKey.isValid(signature: altered, over: message))
        }
        #expect(!key.publicKey.isValid(signature: signature, over: message + [0]))
        #expect(!key.publicKey.isValid(signature: Array(signature.dropLast()), over: message))
        #expect(!key.publicKey.isValid(signature: signature + [0], over: message))
    }

    @Test("A signature that others made is valid")
    func foreign() throws {
        let vector = try #require(Vectors.cases("ed25519").first { $0["id"] == "rfc9421-b26" })
        let bytes = try #require(vector["publicKeyX"]?.string.flatMap { Base64.decodeURL($0) })
        let key = try #require(Ed25519PublicKey(bytes))
        let signature = try #require(vector["signature"]?.string.flatMap { Base64.decode($0) })
        let message = Array(try #require(vector["signatureBase"]?.string).utf8)
        #expect(key.isValid(signature: signature, over: message))
    }

    @Test("A key of small order, which would sign everything, is no key")
    func smallOrder() throws {
        let vector = try #require(Vectors.cases("ed25519").first { $0["valid"] == false })
        #expect(try Ed25519PublicKey(vector.bytes("publicKey")) == nil)
        #expect(Ed25519PublicKey([UInt8](repeating: 0xFF, count: 32)) == nil)
        #expect(Ed25519PublicKey([UInt8](repeating: 1, count: 31)) == nil)
    }

    @Test("Every case of the file is run by one of these tests")
    func completeness() {
        #expect(Vectors.cases("ed25519").count == 2 + Ed25519Tests.signing.count)
        #expect(Ed25519Tests.signing.count == 2)
    }

    @Test("Keys are read from and written to the files that openssl makes")
    func files() throws {
        let key = try Ed25519PrivateKey(pem: Array(Ed25519Tests.privateFile.utf8))
        #expect(key.publicKey == (try Ed25519PublicKey(pem: Array(Ed25519Tests.publicFile.utf8))))
        #expect(key.publicKey.pem == Ed25519Tests.publicFile)
        #expect(key.publicKey.thumbprint == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
        #expect("\(key)" == "[Ed25519 private key kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k]")
        #expect(Mirror(reflecting: key).children.isEmpty)
    }

    @Test("What is not exactly such a file is refused", arguments: badFiles)
    func refusedFiles(text: String, reason: KeyFileError) {
        #expect(throws: reason) { try Ed25519PrivateKey(pem: Array(text.utf8)) }
    }

    private static let signing: [JSON] = Vectors.cases("ed25519").filter { $0["seed"] != nil }
    /// RFC 8037 appendix A.1, as a file.
    private static let privateFile = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
        -----END PRIVATE KEY-----

        """
    private static let publicFile = """
        -----BEGIN PUBLIC KEY-----
        MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
        -----END PUBLIC KEY-----

        """
    private static let badFiles: [(String, KeyFileError)] = [
        ("", .malformed),
        (publicFile, .malformed),
        (privateFile + privateFile, .malformed),
        ("Bag Attributes\n" + privateFile, .malformed),
        (privateFile.replacing("n9g\n", with: "n9\n"), .malformed),
        (privateFile.replacing("PRIVATE", with: "ENCRYPTED PRIVATE"), .malformed),
        (privateFile.replacing("MC4CAQAwBQYDK2Vw", with: "MC4CAQAwBQYDK2Vu"), .otherKind),
        (privateFile.replacing("n9g\n", with: "n9gAAAA\n"), .malformed),
        (String(repeating: "\n", count: 5_000) + privateFile, .malformed),
    ]
}
