public import Database
public import Primitives

extension Ledger {
    /// Captures or releases the hold of an ended call, from what was recorded of it. Repeated, it gives the outcome
    /// again.
    /// - Throws: `LedgerError.callNotEnded`, `.unknownCall`.
    @discardableResult
    public func settle(call id: String, in tx: borrowing WriteTransaction, at now: Timestamp) throws -> CallOutcome {
        let call = try lockedCall(id, in: tx)
        guard call.progress.state.hasEnded else { throw LedgerError.callNotEnded(id: id) }
        guard call.settledAt == nil else { return try outcome(of: call, in: tx) }
        switch SettlementRule.decision(for: call.progress, maximumOutput: call.maximumOutput) {
        case .release:
            _ = try resolve(call.hold, by: .release, for: call.id, in: tx, at: now)
        case .charge(let usage, let basis):
            try charge(call, for: usage, basis, in: tx, at: now)
        }
        try markSettled(call, in: tx, at: now)
        return try outcome(of: call, in: tx)
    }

    /// Ends a call that nobody will end any more, in whatever state it stands, and settles it: after a crash, for each
    /// of `abandonedCalls`. `code` says why, for the record. Repeated, it gives the outcome again.
    /// - Throws: `LedgerError.unknownCall`; `.illegalTransition` for a malformed code.
    @discardableResult
    public func settleAbandoned(
        call id: String, code: String, in tx: borrowing WriteTransaction, at now: Timestamp
    ) throws -> CallOutcome {
        let call = try lockedCall(id, in: tx)
        if !call.progress.state.hasEnded { try record(.failed(code: code), call: id, in: tx, at: now) }
        return try settle(call: id, in: tx, at: now)
    }

    /// Calls not settled yet that another start of the program than `instance` made, by wallet. While one node serves
    /// the book, each of them was left behind. Settle each in a transaction of its own, so that one that cannot be
    /// settled does not keep the others' money locked.
    public func abandonedCalls(
        besides instance: String, limit: Int, in reader: borrowing some SQLReader & ~Copyable
    ) throws -> [String] {
        try reader.rows(
            """
            select id from provider_calls where settled_at is null and instance <> $1 order by wallet_id, id limit $2
            """,
            [.text(instance), .integer(Int64(limit))]
        ) { try $0.text(0) }
    }

    /// The record of what a call was charged; nil if nothing was used, or it is not settled.
    func usageCharge(of call: String, in reader: borrowing some SQLReader & ~Copyable) throws -> UsageCharge? {
        try reader.first(
            "select \(UsageColumns.list) from usage_charges where call_id = $1", [.text(call)]
        ) { try UsageColumns.read($0) }
    }

    private func charge(
        _ call: ProviderCall, for usage: Usage, _ basis: UsageBasis, in tx: borrowing WriteTransaction,
        at now: Timestamp
    ) throws {
        let price = try call.price()
        let charge = Charge(usage: usage, price: price, toolCalls: call.progress.toolCalls, plan: call.plan)
        let hold = try resolve(call.hold, by: .capture(cost: charge.amount), for: call.id, in: tx, at: now)
        let record = UsageCharge(
            call: call.id, model: call.model, plan: call.plan, usage: usage, basis: basis,
            rates: price.rates(forInputSide: usage.inputSide), listPico: charge.listPico,
            toolCalls: charge.toolCalls, charged: hold.charged, overrun: hold.overrun)
        try tx.execute(
            """
            insert into usage_charges (\(UsageColumns.list), hold_id, wallet_id, charged_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
            """,
            UsageColumns.values(of: record) + [.text(call.hold), .wallet(call.wallet), .timestamp(now)])
    }

    private func markSettled(_ call: ProviderCall, in tx: borrowing WriteTransaction, at now: Timestamp) throws {
        let changed = try tx.execute(
            "update provider_calls set settled_at = $2 where id = $1 and settled_at is null",
            [.text(call.id), .timestamp(now)])
        guard changed == 1 else { throw LedgerError.brokenBook("call \(call.id) was settled under its wallet's lock") }
    }

    private func outcome(of call: ProviderCall, in tx: borrowing WriteTransaction) throws -> CallOutcome {
        let usage = try usageCharge(of: call.id, in: tx)
        return CallOutcome(
            call: call.id, wallet: call.wallet, usage: usage, charged: usage?.charged ?? .zero,
            overrun: usage?.overrun ?? .zero, available: try balance(of: call.wallet, in: tx).available)
    }
}
