public import Cryptography
public import Database
public import Ethereum
public import Primitives

/// Table `wallets`, the only place where addresses stand: everything else refers to the row number. A stolen database
/// without the root tells neither who our wallets are nor whether a given address is one of them.
public struct Wallets: Sendable {
    private let keys: WalletKeys

    /// The table under the tree's wallet keys.
    public init(keys: KeyTree) throws(SecretError) {
        self.keys = try WalletKeys(keys: keys)
    }

    /// What a row for `address` would hold. A contract's is a row of its own for each chain, because the same address
    /// may be somebody else's there, and none of them is the row of a key. Cost: one HMAC, one AES-GCM.
    public func entry(
        for address: Address, holder: SignatureProof.Holder = .key, random: some RandomSource
    ) -> WalletEntry {
        let index = keys.index(of: address, holder: holder)
        return WalletEntry(
            index: index, sealedAddress: keys.seal(address, holder: holder, index: index, random: random))
    }

    /// The wallet's number, made at first sight.
    public func findOrCreate(
        _ entry: WalletEntry, at now: Timestamp, in tx: borrowing WriteTransaction
    ) throws -> WalletID {
        if let wallet = try find(index: entry.index, in: tx) { return wallet }
        try tx.execute(
            """
            insert into wallets (address_index, sealed_address, created_at) values ($1, $2, $3)
                on conflict (address_index) do nothing
            """,
            [.blob(entry.index), .blob(entry.sealedAddress), .timestamp(now)])
        guard let wallet = try find(index: entry.index, in: tx) else { throw WalletError.missing }
        return wallet
    }

    /// The number of a key's wallet, if it is known.
    public func find(_ address: Address, in tx: borrowing some SQLReader & ~Copyable) throws -> WalletID? {
        try find(index: keys.index(of: address), in: tx)
    }

    /// The wallet's address; nil if there is no such wallet. Throws `WalletError.damaged` if the row does not open.
    public func address(of wallet: WalletID, in tx: borrowing some SQLReader & ~Copyable) throws -> Address? {
        let row = try tx.first(
            "select sealed_address, address_index from wallets where id = $1", [.wallet(wallet)]
        ) { row in (sealed: try row.blob(0), index: try row.blob(1)) }
        guard let row else { return nil }
        guard let address = keys.open(row.sealed, index: row.index) else { throw WalletError.damaged }
        return address
    }

    private func find(index: [UInt8], in tx: borrowing some SQLReader & ~Copyable) throws -> WalletID? {
        try tx.first("select id from wallets where address_index = $1", [.blob(index)]) { try $0.wallet(0) }
    }
}
