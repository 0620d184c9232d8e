public import Cryptography
public import Database
public import Ethereum
public import Primitives

/// Table `wallets`, the only place where addresses stand: everything else refers to the row number. A stolen database
/// without the root tells neither who our wallets are nor whether a given address is one of them, and a written one
/// does not give a wallet another's number.
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
        let inserted = try tx.execute(
            """
            insert into wallets (address_index, sealed_address, created_at) values ($1, $2, $3)
                on conflict (address_index) do nothing
            """,
            [.blob(entry.index), .blob(entry.sealedAddress), .timestamp(now)])
        if inserted == 1 {
            let made = try tx.first(
                "select id from wallets where address_index = $1", [.blob(entry.index)], { try $0.wallet(0) })
            guard let made else { throw WalletError.missing }
            try bind(made, index: entry.index, in: tx)
        }
        guard let wallet = try find(index: entry.index, in: tx) else { throw WalletError.missing }
        return wallet
    }

    /// The wallet's number, if it is known: a key's, or a contract's on its chain. Throws `WalletError.damaged` if the
    /// row is not the one we wrote.
    public func find(
        _ address: Address, holder: SignatureProof.Holder = .key, in tx: borrowing some SQLReader & ~Copyable
    ) throws -> WalletID? {
        try find(index: keys.index(of: address, holder: holder), in: tx)
    }

    /// The wallet's address; nil if there is no such wallet. Throws `WalletError.damaged` if the row does not open, or
    /// was given another number.
    public func address(of wallet: WalletID, in tx: borrowing some SQLReader & ~Copyable) throws -> Address? {
        try account(of: wallet, in: tx)?.address
    }

    /// Whose the wallet is; nil if there is no such wallet. Throws as `address(of:in:)`.
    public func account(of wallet: WalletID, in tx: borrowing some SQLReader & ~Copyable) throws -> WalletAccount? {
        guard let row = try row(of: wallet, in: tx) else { return nil }
        guard keys.isBound(wallet, index: row.index, by: row.binding),
            let account = keys.open(row.sealed, index: row.index)
        else { throw WalletError.damaged }
        return account
    }

    /// Whether the wallet's row was written under this root, bound or not: what tells a root before rows are bound.
    func isOfThisRoot(_ wallet: WalletID, in tx: borrowing some SQLReader & ~Copyable) throws -> Bool {
        guard let row = try row(of: wallet, in: tx) else { return false }
        return keys.open(row.sealed, index: row.index) != nil || keys.openUnbound(row.sealed, index: row.index) != nil
    }

    /// What `bindOldRows` has done.
    public struct Binding: Hashable, Sendable {
        /// Rows that have a binding now.
        public let bound: Int
        /// Rows of this piece that do not open, and all rows whose binding somebody has removed. They stay refused.
        public let refused: Int
        /// The last row that was looked at; nil when none was left.
        public let last: WalletID?
    }

    /// Gives rows from before there were bindings theirs, at most `limit` of them after `start`: called at the start,
    /// until none are left. `seed` is fresh random bytes. It believes the numbers that it finds.
    @discardableResult
    public func bindOldRows(
        after start: WalletID?, limit: Int, seed: [UInt8], in tx: borrowing WriteTransaction
    ) throws -> Binding {
        let rows = try tx.rows(
            """
            select id, sealed_address, address_index from wallets
                where binding is null and substr(sealed_address, 1, 1) = $1 and id > $3 order by id limit $2
            """,
            [.blob([WalletKeys.unboundVersion]), .integer(Int64(limit)), .integer(start?.rawValue ?? 0)]
        ) { (id: try $0.wallet(0), sealed: try $0.blob(1), index: try $0.blob(2)) }
        var bound = 0
        for row in rows {
            // One row that is damaged must not stop the gateway for everybody.
            guard let address = keys.openUnbound(row.sealed, index: row.index) else { continue }
            try tx.execute(
                "update wallets set sealed_address = $2 where id = $1",
                [.wallet(row.id), .blob(keys.reseal(address, index: row.index, seed: seed))])
            try bind(row.id, index: row.index, in: tx)
            bound += 1
        }
        let refused = try tx.first(
            "select count(*) from wallets where binding is null and substr(sealed_address, 1, 1) <> $1",
            [.blob([WalletKeys.unboundVersion])], { try $0.integer(0) })
        return Binding(bound: bound, refused: Int(refused ?? 0) + rows.count - bound, last: rows.last?.id)
    }

    private func bind(_ wallet: WalletID, index: [UInt8], in tx: borrowing WriteTransaction) throws {
        try tx.execute(
            "update wallets set binding = $2 where id = $1",
            [.wallet(wallet), .blob(keys.binding(of: wallet, index: index))])
    }

    private func row(
        of wallet: WalletID, in tx: borrowing some SQLReader & ~Copyable
    ) throws -> (sealed: [UInt8], index: [UInt8], binding: [UInt8]?)? {
        try tx.first(
            "select sealed_address, address_index, binding from wallets where id = $1", [.wallet(wallet)]
        ) { (try $0.blob(0), try $0.blob(1), try $0.optionalBlob(2)) }
    }

    private func find(index: [UInt8], in tx: borrowing some SQLReader & ~Copyable) throws -> WalletID? {
        let row = try tx.first("select id, binding from wallets where address_index = $1", [.blob(index)]) {
            (id: try $0.wallet(0), binding: try $0.optionalBlob(1))
        }
        guard let row else { return nil }
        guard keys.isBound(row.id, index: index, by: row.binding) else { throw WalletError.damaged }
        return row.id
    }
}
