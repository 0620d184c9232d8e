public import Database
public import Primitives

/// Table `wallet_rates`: the quotas of wallets that hold on all nodes together, as states of `RateQuota`.
public struct WalletRates: Sendable {
    /// The table's operations.
    public init() {}

    /// Counts an act of `wallet` in the caller's transaction, under the wallet's lock: of acts at once on several nodes
    /// exactly as many are allowed as the quota says. A refused act writes nothing.
    public func take(
        _ kind: String, of quota: RateQuota, by wallet: WalletID, at now: Timestamp, in tx: borrowing WriteTransaction
    ) throws -> RateDecision {
        try tx.lock(wallet)
        let fullAt = try tx.first(
            "select full_at from wallet_rates where wallet_id = $1 and kind = $2", [.wallet(wallet), .text(kind)]
        ) { try $0.integer(0) }
        let decision = quota.take(at: now.unixMicroseconds, fullAt: fullAt ?? now.unixMicroseconds)
        guard decision.isAllowed else { return decision }
        try tx.execute(
            """
            insert into wallet_rates (wallet_id, kind, full_at) values ($1, $2, $3)
                on conflict (wallet_id, kind) do update set full_at = excluded.full_at
            """, [.wallet(wallet), .text(kind), .integer(decision.fullAt)])
        return decision
    }

    /// Removes buckets that are full again at `now`, at most `limit` of them, and returns how many those were.
    @discardableResult
    public func purge(before now: Timestamp, limit: Int, in tx: borrowing WriteTransaction) throws -> Int {
        try tx.execute(
            """
            delete from wallet_rates where (wallet_id, kind) in
                (select wallet_id, kind from wallet_rates where full_at < $1 order by full_at limit $2)
            """, [.integer(now.unixMicroseconds), .integer(Int64(limit))])
    }
}
