import Cryptography
import Ethereum
import Primitives
import Testing

@testable import Vault

@Suite("Keys of every purpose and way of signing")
struct PurposeVectorTests {
    @Test(
        "Every vector that others computed from the page comes out the same",
        arguments: GoldenVector.all("vault-purposes"))
    func golden(vector: GoldenVector) throws {
        let purpose = try #require(VaultPurpose(rawValue: vector.text("purpose")))
        let name = try #require(SecretName(stored: vector.text("name"), of: purpose))
        let indexKey = try Secret(copying: vector.bytes("indexKey"))
        let address = try vector.wallet().address
        let index = VaultIndex(of: address, key: indexKey)
        #expect(index.bytes == (try vector.bytes("vaultIndex")))
        let key = try key(vector, purpose, index)
        #expect(key.secret.withBytes { Array($0) } == (try vector.bytes("vaultKey")))
        #expect(try key.check(of: name) == (try vector.bytes("check")))
        let text = try Secret(copying: Array(vector.text("plaintext").utf8))
        let random = FixedRandom(salt: try vector.bytes("salt"), nonce: try vector.bytes("nonce"))
        #expect(try key.seal(text, as: name, random: random).bytes == (try vector.bytes("envelope")))
        #expect(try key.open(Envelope(parsing: vector.bytes("envelope")), as: name).isEqual(to: text))
        let place = VaultPlace(name, isSigned: key.kind != nil, of: index, key: indexKey)
        #expect("\(place.folder)/\(place.file)" == (try vector.text("place")))
    }

    private func key(_ vector: GoldenVector, _ purpose: VaultPurpose, _ index: VaultIndex) throws -> VaultKey {
        guard let kind = vector.json["kind"]?.string.flatMap(VaultTextKind.init) else {
            return try VaultKey.unsigned(
                from: Secret(copying: vector.bytes("unsignedKey")), index: index, purpose: purpose)
        }
        let wallet = try vector.wallet()
        let text = VaultText(
            origin: try vector.text("origin"), wallet: wallet.address, purpose: purpose, epoch: try vector.epoch())
        let chain = try #require(vector.json["chainId"]?.integer)
        let digest =
            switch kind {
            case .personal: PersonalMessage.digest(of: Array(text.text.utf8))
            case .typed: try text.typedData(chainID: chain).digest
            }
        #expect(digest == (try vector.bytes("digest")))
        let signature = wallet.sign(digest: digest)
        #expect(signature.bytes == (try vector.bytes("signature")))
        return try VaultKey(
            signature: signature, index: index, epoch: vector.epoch(), purpose: purpose, kind: kind)
    }

    @Test("The vectors are there, and no two of other purpose, kind, epoch or chain share a key")
    func distinct() throws {
        let vectors = GoldenVector.all("vault-purposes")
        #expect(vectors.count == 10)
        let places = Set(
            try vectors.map {
                let (kind, chain) = ($0.json["kind"]?.string ?? "", $0.json["chainId"]?.integer ?? 0)
                return "\(try $0.text("purpose")) \(kind) \(try $0.epoch().number) \(chain)"
            })
        #expect(Set(try vectors.map { try $0.text("vaultKey") }).count == places.count)
    }
}

@Suite("Names of secrets")
struct SecretNameTests {
    @Test(
        "Servers and agents: 1 to 64 of A-Z a-z 0-9 . _ -, the first a letter or digit",
        arguments: [
            ("a", true), ("Git-Hub.v2_x", true), ("9", true), (String(repeating: "a", count: 64), true), ("", false),
            ("-a", false), (".", false), ("..", false), ("a/b", false), ("a b", false), ("ä", false), ("a\u{0}", false),
            (String(repeating: "a", count: 65), false), ("a:b", false),
        ])
    func scopes(text: String, good: Bool) {
        #expect((SecretScope(text, of: .mcpSecrets) != nil) == good)
    }

    @Test(
        "Their secrets: 1 to 64 of the same, read back from a table as they were written",
        arguments: [
            ("API_KEY", true), ("_x", true), ("-", true), (String(repeating: "K", count: 64), true), ("", false),
            ("a/b", false), ("a\n", false), (String(repeating: "K", count: 65), false),
        ])
    func keys(text: String, good: Bool) throws {
        let scope = try #require(SecretScope("server", of: .agentSecrets))
        let name = SecretName(text, of: scope)
        #expect((name != nil) == good)
        if let name { #expect(SecretName(stored: name.text, of: .agentSecrets) == name) }
    }

    @Test("No two secrets share a label, and a provider has no slash in it")
    func labels() throws {
        let names = [
            SecretName(.anthropic), try #require(SecretName(stored: "anthropic/a", of: .mcpSecrets)),
            try #require(SecretName(stored: "anthropic/a", of: .agentSecrets)),
        ]
        #expect(names.map(\.label) == ["anthropic", "mcp/anthropic/a", "agent/anthropic/a"])
        #expect(SecretName(stored: "mcp/anthropic/a", of: .providers) == nil)
        #expect(SecretScope("anthropic", of: .providers) == nil)
    }
}
