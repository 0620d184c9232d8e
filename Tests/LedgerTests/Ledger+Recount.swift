import Database
import Primitives

@testable import Ledger

/// Counts the book again in ways of the tests' own.
extension Ledger {
    /// The balance that a wallet's postings, transfers and open holds come to: what its row must say.
    func recountedBalance(of wallet: WalletID, in reader: borrowing some SQLReader & ~Copyable) throws -> Balance {
        var recounted = Balance.empty
        let transfers = try reader.rows(
            "select \(TransferColumns.list) from transfers where wallet_id = $1 order by position", [.wallet(wallet)]
        ) { try TransferColumns.read($0) }
        for transfer in transfers {
            let postings = try reader.rows(
                "select account, wallet_id, amount from postings where transfer_id = $1 order by line",
                [.text(transfer.id)], Ledger.posting(from:))
            recounted = try recounted.booking(postings)
        }
        let held = try reader.first(
            """
            select cast(coalesce(sum(amount), 0) as bigint) from holds where wallet_id = $1 and state = 'open'
            """,
            [.wallet(wallet)]
        ) { try $0.money(0) }
        recounted.held = held ?? .zero
        return recounted
    }

    private static func posting(from row: borrowing Row) throws -> Posting {
        let name = try row.text(0)
        guard let account = AccountKind(rawValue: name) else {
            throw LedgerError.brokenBook("\(name) is no known account")
        }
        return Posting(account: account, wallet: try row.optionalWallet(1), amount: try row.money(2))
    }

    /// What every account holds over the whole book; together they are zero. Reads all postings.
    func accountTotals(in reader: borrowing some SQLReader & ~Copyable) throws -> [AccountKind: MicroUSDC] {
        let totals = try reader.rows(
            "select account, cast(sum(amount) as bigint) from postings group by account", []
        ) { row in
            let name = try row.text(0)
            guard let account = AccountKind(rawValue: name) else {
                throw LedgerError.brokenBook("\(name) is no known account")
            }
            return (account, try row.money(1))
        }
        return Dictionary(uniqueKeysWithValues: totals)
    }
}
