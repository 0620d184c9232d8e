import Cryptography
import Ethereum
import Primitives

/// Turns addresses into what the table holds, and back. Pure but for the random nonce that is passed in.
struct WalletKeys: Sendable {
    /// Layout of a key's sealed address: version 1, nonce 12, ciphertext 20, tag 16.
    static let version: UInt8 = 1
    /// Layout of a contract's: version 2, nonce 12, ciphertext 20 + 8 with the chain's number, tag 16.
    static let contractVersion: UInt8 = 2
    static let sealedBytes = overheadBytes + addressBytes
    private static let overheadBytes = 1 + AESGCM.nonceBytes + AESGCM.tagBytes
    private static let chainBytes = 8
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
    func index(of address: Address, holder: SignatureProof.Holder = .key) -> [UInt8] {
        HMACSHA256.code(
            over: WalletKeys.indexDomain, WalletKeys.plain(address, holder), key: indexKey)
    }

    /// The sealed address. The index is part of the associated data, so a row's two columns cannot be mixed with
    /// another row's; the row number is not, because it does not exist yet.
    func seal(
        _ address: Address, holder: SignatureProof.Holder = .key, index: [UInt8], random: some RandomSource
    ) -> [UInt8] {
        let nonce = random.bytes(AESGCM.nonceBytes)
        let version = holder == .key ? WalletKeys.version : WalletKeys.contractVersion
        return [version] + nonce
            + AESGCM.seal(
                WalletKeys.plain(address, holder), key: sealingKey, nonce: nonce,
                associated: WalletKeys.associated(version, index))
    }

    /// The address of a row; nil if the row was altered or belongs to another root.
    func open(_ sealed: [UInt8], index: [UInt8]) -> Address? {
        guard let version = sealed.first, let length = WalletKeys.plainBytes(version),
            sealed.count == WalletKeys.overheadBytes + length
        else { return nil }
        let nonce = Array(sealed[1..<1 + AESGCM.nonceBytes])
        let opened = try? AESGCM.open(
            Array(sealed[(1 + AESGCM.nonceBytes)...]), key: sealingKey, nonce: nonce,
            associated: WalletKeys.associated(version, index))
        guard let opened, let address = Address(bytes: Array(opened.prefix(WalletKeys.addressBytes))) else {
            return nil
        }
        let code = HMACSHA256.code(over: WalletKeys.indexDomain, opened, key: indexKey)
        return ConstantTime.equal(code, index) ? address : nil
    }

    /// A key's address as it is; a contract's with its chain. Their lengths keep them apart.
    private static func plain(_ address: Address, _ holder: SignatureProof.Holder) -> [UInt8] {
        switch holder {
        case .key: address.bytes
        case .contract(let chainID): address.bytes + withUnsafeBytes(of: chainID.bigEndian) { Array($0) }
        }
    }

    private static func plainBytes(_ version: UInt8) -> Int? {
        switch version {
        case WalletKeys.version: addressBytes
        case contractVersion: addressBytes + chainBytes
        default: nil
        }
    }

    private static func associated(_ version: UInt8, _ index: [UInt8]) -> [UInt8] {
        sealDomain + [version] + index
    }
}
