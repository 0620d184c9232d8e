import Cryptography
import Ethereum
import Primitives

/// Turns addresses into what the table holds, and back. Pure but for the random nonce that is passed in.
struct WalletKeys: Sendable {
    /// Layout of a sealed address: version 1, nonce 12, ciphertext 20, tag 16.
    static let version: UInt8 = 1
    static let sealedBytes = 1 + AESGCM.nonceBytes + addressBytes + AESGCM.tagBytes
    private static let addressBytes = 20
    private static let indexDomain = Array("sealgate/wallet-index/v1".utf8)
    private static let sealDomain = Array("sealgate/wallet-address/v1".utf8)

    private let indexKey: Secret
    private let sealingKey: Secret

    init(keys: KeyTree) throws(SecretError) {
        indexKey = try keys.key(for: .walletIndex)
        sealingKey = try keys.key(for: .walletAddress)
    }

    /// Under which index the address stands: 32 bytes.
    func index(of address: Address) -> [UInt8] {
        HMACSHA256.code(over: WalletKeys.indexDomain, address.bytes, key: indexKey)
    }

    /// The sealed address. The index is part of the associated data, so a row's two columns cannot be mixed with
    /// another row's; the row number is not, because it does not exist yet.
    func seal(_ address: Address, index: [UInt8], random: some RandomSource) -> [UInt8] {
        let nonce = random.bytes(AESGCM.nonceBytes)
        return [WalletKeys.version] + nonce
            + AESGCM.seal(
                address.bytes, key: sealingKey, nonce: nonce, associated: WalletKeys.associated(index))
    }

    /// The address of a row; nil if the row was altered or belongs to another root.
    func open(_ sealed: [UInt8], index: [UInt8]) -> Address? {
        guard sealed.count == WalletKeys.sealedBytes, sealed[0] == WalletKeys.version else { return nil }
        let nonce = Array(sealed[1..<1 + AESGCM.nonceBytes])
        let opened = try? AESGCM.open(
            Array(sealed[(1 + AESGCM.nonceBytes)...]), key: sealingKey, nonce: nonce,
            associated: WalletKeys.associated(index))
        guard let opened, let address = Address(bytes: opened),
            ConstantTime.equal(self.index(of: address), index)
        else { return nil }
        return address
    }

    private static func associated(_ index: [UInt8]) -> [UInt8] {
        sealDomain + [version] + index
    }
}
