import Database
import Primitives

/// How a `Transfer` lies in table `transfers`.
enum TransferColumns {
    static let list = "id, kind, wallet_id, amount, agent_id, hold_id, booked_at, balance_after"
    static let count = 8

    static func read(_ row: borrowing Row) throws -> Transfer {
        let id = try row.text(0)
        guard let kind = TransferKind(rawValue: try row.text(1)) else {
            throw LedgerError.brokenBook("transfer \(id) is of no known kind")
        }
        return Transfer(
            id: id, kind: kind, wallet: try row.optionalWallet(2), amount: try row.money(3),
            agent: try row.optionalText(4), hold: try row.optionalText(5), bookedAt: try row.timestamp(6),
            balanceAfter: try row.optionalMoney(7))
    }
}
