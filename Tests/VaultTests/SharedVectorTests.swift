import Cryptography
import Ethereum
import Foundation
import Primitives
import Testing

@testable import Vault

@Suite("The shared vectors of sign-to-derive")
struct SharedVectorTests {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "shared/vectors/sign-to-derive.json")

    /// The cases that sign typed data, or nil alone where there are none: the runner calls a test without arguments
    /// skipped.
    static let arguments: [JSON?] = {
        guard let data = try? Data(contentsOf: file), let document = try? JSON(parsing: Array(data)) else {
            return [nil]
        }
        let cases = (document["cases"]?.array ?? []).filter { $0["digest"] != nil }
        return cases.isEmpty ? [nil] : cases
    }()

    @Test("Typed data, signature, HKDF and AES-GCM agree step by step", arguments: arguments)
    func steps(vector: JSON?) throws {
        guard let vector else { return }
        func bytes(_ name: String) throws -> [UInt8] {
            let text = try #require(vector[name]?.string)
            return try #require(Hex.decode(String(text.dropFirst(2))))
        }
        let typed = try TypedData(json: [
            "types": try #require(vector["types"]), "primaryType": "VaultUnlock",
            "domain": try #require(vector["domain"]), "message": try #require(vector["message"]),
        ])
        #expect(typed.digest == (try bytes("digest")))
        let wallet = try #require(WalletKey(try Secret(copying: bytes("privateKey"))))
        let signature = wallet.sign(typedData: typed)
        #expect(signature.bytes == (try bytes("signature")))
        #expect(signature.signer(ofDigest: typed.digest) == wallet.address)
        let key = try HKDF.derive(
            salt: wallet.address.bytes, input: signature.keyMaterial(), info: Array("provider-vault/v1".utf8), count: 32
        )
        #expect(key.withBytes { Array($0) } == (try bytes("key")))
        let associated = Array(try #require(vector["aad"]?.string).utf8)
        let opened = try AESGCM.open(
            bytes("ciphertextAndTag"), key: key, nonce: bytes("nonce"), associated: associated)
        #expect(String(decoding: opened, as: UTF8.self) == vector["plaintext"]?.string)
    }
}
