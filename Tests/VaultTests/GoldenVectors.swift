import Cryptography
import Ethereum
import Foundation
import Primitives
import Testing

@testable import Vault

/// One vector of `Vectors/vault-envelope-v1.json` or `vault-purposes.json`, which `Tests/Clients/vault_envelope.py`
/// wrote from the README alone.
struct GoldenVector: CustomTestStringConvertible, Sendable {
    let json: JSON

    static func all(_ file: String = "vault-envelope-v1") -> [GoldenVector] {
        let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Vectors/\(file).json")
        guard let data = try? Data(contentsOf: url), let document = try? JSON(parsing: Array(data)) else { return [] }
        return (document["vectors"]?.array ?? []).map(GoldenVector.init)
    }

    var testDescription: String { json["id"]?.string ?? "?" }

    func text(_ name: String) throws -> String {
        try #require(json[name]?.string)
    }

    func bytes(_ name: String) throws -> [UInt8] {
        try #require(Hex.decode(text(name)))
    }

    func epoch() throws -> VaultEpoch {
        VaultEpoch(UInt32(try #require(json["epoch"]?.integer)))
    }

    func wallet() throws -> WalletKey {
        try #require(WalletKey(try Secret(copying: bytes("privateKey"))))
    }

    func provider() throws -> ProviderSlug {
        try #require(ProviderSlug(text("provider")))
    }

    func vaultKey() throws -> VaultKey {
        let wallet = try wallet()
        let text = VaultText(origin: try self.text("origin"), wallet: wallet.address, epoch: try epoch()).text
        return try VaultKey(
            signature: wallet.sign(personalMessage: Array(text.utf8)),
            index: VaultIndex(of: wallet.address, key: Secret(copying: bytes("indexKey"))), epoch: epoch())
    }
}

/// Hands out the given bytes, in order, and none other.
struct FixedRandom: RandomSource {
    let salt: [UInt8]
    let nonce: [UInt8]

    func bytes(_ count: Int) -> [UInt8] {
        count == salt.count ? salt : nonce
    }
}
