public import Database
public import Primitives

extension Ledger {
    /// A page of `wallet`'s transactions, newest first. Transfers within the house are not among them.
    public func transactions(
        of wallet: WalletID, _ page: PageRequest, in reader: borrowing some SQLReader & ~Copyable
    ) throws -> TransactionPage {
        let transactions = try reader.rows(
            """
            select t.*, \(UsageColumns.list)
            from (select \(TransferColumns.list) from transfers where wallet_id = $1
                order by position desc limit $2 offset $3) t
            left join usage_charges u on u.hold_id = t.hold_id
            """,
            [.wallet(wallet), .integer(Int64(page.limit)), .integer(Int64(page.offset))]
        ) { row in
            let isCall = try !row.isNull(TransferColumns.count)
            return WalletTransaction(
                transfer: try TransferColumns.read(row),
                usage: isCall ? try UsageColumns.read(row, from: TransferColumns.count) : nil)
        }
        let total = try balance(of: wallet, in: reader).transfers
        return TransactionPage(
            transactions: transactions, total: total, hasMore: Int64(page.offset + transactions.count) < total)
    }

    /// What `wallet` has spent on each agent, the highest first.
    public func agentSpends(of wallet: WalletID, in reader: borrowing some SQLReader & ~Copyable) throws -> [AgentSpend]
    {
        try reader.rows(
            "select agent_id, spent from agent_spends where wallet_id = $1 order by spent desc, agent_id limit $2",
            [.wallet(wallet), .integer(Int64(AgentSpend.maximumListed))]
        ) { AgentSpend(agent: try $0.text(0), spent: try $0.money(1)) }
    }
}
