internal import Primitives

extension PostgreSQLConnection {
    private static let find = "select wallet_id from wallet_locks where wallet_id = $1 for update"
    private static let make =
        "insert into wallet_locks (wallet_id) values ($1) on conflict (wallet_id) do nothing"

    /// Takes the row that stands for `wallet` in this engine's own table `wallet_locks`, made at first use. The row of
    /// `wallets` would make every insert that refers to the wallet wait, too.
    func lock(_ wallet: WalletID) throws {
        for _ in 0..<2 {
            let isLocked = try first(Self.find, [.wallet(wallet)]) { _ in true }
            if isLocked == true { return }
            _ = try execute(Self.make, [.wallet(wallet)])
        }
        guard try first(Self.find, [.wallet(wallet)], { _ in true }) == true else { throw DatabaseError.busy }
    }
}
