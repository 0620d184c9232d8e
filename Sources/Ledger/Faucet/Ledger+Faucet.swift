import Database
import Primitives

extension Ledger {
    /// Credits a wallet from the development faucet. Repeated with the same fields it gives the transfer booked before.
    /// - Throws: `LedgerError.faucetAmount`, `.faucetDailyCap`, `.transferConflict`, `.malformedID`, `.balanceLimit`.
    @discardableResult
    func faucet(
        id: String, wallet: WalletID, amount: MicroUSDC, in tx: borrowing WriteTransaction, at now: Timestamp
    ) throws -> Transfer {
        try LedgerID.check(id)
        guard amount >= FaucetLimits.least, amount <= FaucetLimits.most else {
            throw LedgerError.faucetAmount(least: FaucetLimits.least, most: FaucetLimits.most)
        }
        try tx.lock(wallet)
        if try transfer(id, in: tx) == nil {
            let remaining = try faucetRemaining(for: wallet, in: tx, at: now)
            guard amount <= remaining else {
                throw LedgerError.faucetDailyCap(
                    remaining: remaining, resetsAt: FaucetLimits.day(around: now).upperBound)
            }
        }
        return try book(TransferDraft(id: id, kind: .faucet, wallet: wallet, amount: amount), in: tx, at: now)
    }

    /// What the faucet still gives this wallet today.
    func faucetRemaining(
        for wallet: WalletID, in reader: borrowing some SQLReader & ~Copyable, at now: Timestamp
    ) throws -> MicroUSDC {
        let day = FaucetLimits.day(around: now)
        let given = try reader.first(
            """
            select cast(coalesce(sum(amount), 0) as bigint) from transfers
            where kind = 'faucet' and wallet_id = $1 and booked_at >= $2 and booked_at < $3
            """,
            [.wallet(wallet), .timestamp(day.lowerBound), .timestamp(day.upperBound)]
        ) { try $0.money(0) }
        return max(.zero, FaucetLimits.perDay - (given ?? .zero))
    }
}
