public import Database
public import Primitives

extension Ledger {
    private static let columns = "posted, held, development_credits, unsettled_spend, transfers"

    /// What `wallet` has; `.empty` if nothing was ever booked for it. One row by its key.
    public func balance(of wallet: WalletID, in reader: borrowing some SQLReader & ~Copyable) throws -> Balance {
        try storedBalance(of: wallet, in: reader) ?? .empty
    }

    /// Replaces the balance `before` by `after`, checking both, and that nobody else changed it in between.
    func replaceBalance(
        of wallet: WalletID, _ before: Balance, by after: Balance, in tx: borrowing WriteTransaction
    ) throws {
        guard before.isSound, after.isSound else {
            throw LedgerError.brokenBook("the parts of wallet \(wallet.rawValue)'s balance do not make up the whole")
        }
        let changed: Int
        if before == .empty, try storedBalance(of: wallet, in: tx) == nil {
            changed = try tx.execute(
                "insert into balances (wallet_id, \(Ledger.columns)) values ($1, $2, $3, $4, $5, $6)",
                [.wallet(wallet)] + values(of: after))
        } else {
            changed = try tx.execute(
                """
                update balances set posted = $2, held = $3, development_credits = $4, unsettled_spend = $5,
                    transfers = $6
                where wallet_id = $1 and posted = $7 and held = $8 and development_credits = $9
                    and unsettled_spend = $10 and transfers = $11
                """,
                [.wallet(wallet)] + values(of: after) + values(of: before))
        }
        guard changed == 1 else {
            throw LedgerError.brokenBook("wallet \(wallet.rawValue)'s balance changed under its lock")
        }
    }

    private func storedBalance(of wallet: WalletID, in reader: borrowing some SQLReader & ~Copyable) throws
        -> Balance?
    {
        try reader.first("select \(Ledger.columns) from balances where wallet_id = $1", [.wallet(wallet)]) { row in
            Balance(
                posted: try row.money(0), held: try row.money(1), developmentCredits: try row.money(2),
                unsettledSpend: try row.money(3), transfers: try row.integer(4))
        }
    }

    private func values(of balance: Balance) -> [SQLValue] {
        [
            .money(balance.posted), .money(balance.held), .money(balance.developmentCredits),
            .money(balance.unsettledSpend), .integer(balance.transfers),
        ]
    }
}
