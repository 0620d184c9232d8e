import Cryptography
import Ethereum
import Primitives

/// Turns addresses into what the table holds, and back. Pure but for the random nonce that is passed in.
struct WalletKeys: Sendable {
    /// Layout of a key's sealed address: version 2, nonce 12, ciphertext 20, tag 16. A row of this version has a
    /// binding; the version is part of what is sealed, so no such row can be passed off as one from before there were
    /// any.
    static let version: UInt8 = 2
    /// Layout of a contract's: version 3, nonce 12, ciphertext 20 + 8 with the chain's number, tag 16.
    static let contractVersion: UInt8 = 3
    /// The version of rows without a binding. They are taken by `Wallets.bindOldRows` alone.
    static let unboundVersion: UInt8 = 1
    static let sealedBytes = 1 + AESGCM.nonceBytes + addressBytes + AESGCM.tagBytes
    private static let chainBytes = 8
    private static let addressBytes = 20
    private static let indexDomain = Array("sealgate/wallet-index/v1".utf8)
    private static let bindingDomain = Array("sealgate/wallet-binding/v1".utf8)
    private static let nonceDomain = Array("sealgate/wallet-nonce/v1".utf8)
    private static let sealDomain = Array("sealgate/wallet-address/v1".utf8)

    private let indexKey: Secret
    private let sealingKey: Secret
    private let bindingKey: Secret

    init(keys: KeyTree) throws(SecretError) {
        indexKey = try keys.key(for: .walletIndex)
        sealingKey = try keys.key(for: .walletAddress)
        bindingKey = try keys.key(for: .walletBinding)
    }

    /// Under which index the address stands: 32 bytes.
    func index(of address: Address, holder: SignatureProof.Holder = .key) -> [UInt8] {
        HMACSHA256.code(
            over: WalletKeys.indexDomain, WalletKeys.plain(address, holder), key: indexKey)
    }

    /// What holds a row's number and index together: 32 bytes. Whoever writes the database cannot give a wallet another
    /// number, and with it another's money.
    func binding(of wallet: WalletID, index: [UInt8]) -> [UInt8] {
        HMACSHA256.code(over: WalletKeys.bindingDomain, WalletKeys.bytes(wallet), index, key: bindingKey)
    }

    /// Whether `binding` is that of this number and index. Constant time.
    func isBound(_ wallet: WalletID, index: [UInt8], by binding: [UInt8]?) -> Bool {
        HMACSHA256.isValid(
            binding ?? [], over: WalletKeys.bindingDomain, WalletKeys.bytes(wallet), index, key: bindingKey)
    }

    /// The sealed address. The index is part of the associated data, so a row's two columns cannot be mixed with
    /// another row's; the row number is not, because it does not exist yet: `binding` adds it.
    func seal(
        _ address: Address, holder: SignatureProof.Holder = .key, index: [UInt8], random: some RandomSource
    ) -> [UInt8] {
        seal(
            WalletKeys.plain(address, holder), index: index,
            version: holder == .key ? WalletKeys.version : WalletKeys.contractVersion,
            nonce: random.bytes(AESGCM.nonceBytes))
    }

    /// A row as it was sealed before there were bindings.
    func sealUnbound(_ address: Address, index: [UInt8], random: some RandomSource) -> [UInt8] {
        seal(
            address.bytes, index: index, version: WalletKeys.unboundVersion, nonce: random.bytes(AESGCM.nonceBytes))
    }

    /// The same again from a row of the version before. The nonce follows from row and seed, so that a transaction that
    /// runs again over other rows repeats none.
    func reseal(_ address: Address, index: [UInt8], seed: [UInt8]) -> [UInt8] {
        let code = HMACSHA256.code(over: WalletKeys.nonceDomain, SHA256.hash(seed), index, key: bindingKey)
        return seal(
            address.bytes, index: index, version: WalletKeys.version, nonce: Array(code.prefix(AESGCM.nonceBytes)))
    }

    private func seal(_ plain: [UInt8], index: [UInt8], version: UInt8, nonce: [UInt8]) -> [UInt8] {
        [version] + nonce
            + AESGCM.seal(plain, key: sealingKey, nonce: nonce, associated: WalletKeys.associated(version, index))
    }

    /// Whose a row is; nil if the row was altered, has no binding, or belongs to another root.
    func open(_ sealed: [UInt8], index: [UInt8]) -> WalletAccount? {
        switch sealed.first {
        case WalletKeys.version: open(sealed, index: index, chainBytes: 0)
        case WalletKeys.contractVersion: open(sealed, index: index, chainBytes: WalletKeys.chainBytes)
        default: nil
        }
    }

    /// The address of a row from before there were bindings, which is a key's.
    func openUnbound(_ sealed: [UInt8], index: [UInt8]) -> Address? {
        guard sealed.first == WalletKeys.unboundVersion else { return nil }
        return open(sealed, index: index, chainBytes: 0)?.address
    }

    private func open(_ sealed: [UInt8], index: [UInt8], chainBytes: Int) -> WalletAccount? {
        guard sealed.count == WalletKeys.sealedBytes + chainBytes else { return nil }
        let nonce = Array(sealed[1..<1 + AESGCM.nonceBytes])
        let opened = try? AESGCM.open(
            Array(sealed[(1 + AESGCM.nonceBytes)...]), key: sealingKey, nonce: nonce,
            associated: WalletKeys.associated(sealed[0], index))
        guard let opened, let address = Address(bytes: Array(opened.prefix(WalletKeys.addressBytes))) else {
            return nil
        }
        let code = HMACSHA256.code(over: WalletKeys.indexDomain, opened, key: indexKey)
        guard ConstantTime.equal(code, index) else { return nil }
        let chain = opened.dropFirst(WalletKeys.addressBytes)
        return WalletAccount(
            address: address,
            holder: chain.isEmpty ? .key : .contract(chainID: chain.reduce(0) { $0 << 8 | UInt64($1) }))
    }

    /// A key's address as it is; a contract's with its chain. Their lengths keep them apart.
    private static func plain(_ address: Address, _ holder: SignatureProof.Holder) -> [UInt8] {
        switch holder {
        case .key: address.bytes
        case .contract(let chainID): address.bytes + withUnsafeBytes(of: chainID.bigEndian) { Array($0) }
        }
    }

    private static func associated(_ version: UInt8, _ index: [UInt8]) -> [UInt8] {
        sealDomain + [version] + index
    }

    private static func bytes(_ wallet: WalletID) -> [UInt8] {
        withUnsafeBytes(of: wallet.rawValue.bigEndian, Array.init)
    }
}
