public import Database
public import Primitives

extension Ledger {
    /// Holds the money and writes the call down. Repeated with the same fields it gives the call as it now stands.
    /// - Throws: `InsufficientFunds`; `LedgerError.callConflict`, `.holdConflict` if the hold exists without this call,
    ///   `.malformedID`, `.amountOutOfRange`, `.expiryOutOfRange`.
    @discardableResult
    public func plan(_ plan: CallPlan, in tx: borrowing WriteTransaction, at now: Timestamp) throws -> ProviderCall {
        for id in [plan.id, plan.model, plan.instance] { try LedgerID.check(id) }
        try plan.hold.check(at: now)
        try tx.lock(plan.hold.wallet)
        if let call = try storedCall(plan.id, in: tx) {
            guard plan.matches(call), plan.hold.matches(try hold(call.hold, in: tx)) else {
                throw LedgerError.callConflict(id: plan.id)
            }
            return call
        }
        // A hold is made for a call or never serves one: so whoever ends a hold need not fear that one joins it.
        guard try storedHold(plan.hold.id, in: tx) == nil else { throw LedgerError.holdConflict(id: plan.hold.id) }
        let hold = try self.hold(plan.hold, in: tx, at: now)
        let call = ProviderCall(
            id: plan.id, wallet: hold.wallet, hold: hold.id, agent: hold.agent, model: plan.model,
            priceSnapshot: plan.price.snapshot, plan: plan.plan, maximumOutput: plan.maximumOutput,
            instance: plan.instance, plannedAt: now, progress: CallProgress(), settledAt: nil)
        try insert(call, in: tx)
        return call
    }

    /// Takes note of what happened to a call.
    /// - Throws: `LedgerError.illegalTransition`, `.unknownCall`.
    @discardableResult
    public func record(_ event: CallEvent, call id: String, in tx: borrowing WriteTransaction, at now: Timestamp) throws
        -> ProviderCall
    {
        var call = try lockedCall(id, in: tx)
        let before = call.progress.state
        do throws(IllegalTransition) {
            try call.progress.apply(event)
        } catch {
            throw LedgerError.illegalTransition(error)
        }
        try store(call.progress, of: call, from: before, in: tx, at: now)
        return call
    }

    /// The call with this id.
    public func call(_ id: String, in reader: borrowing some SQLReader & ~Copyable) throws -> ProviderCall {
        guard let call = try storedCall(id, in: reader) else { throw LedgerError.unknownCall(id: id) }
        return call
    }

    /// The call with this id, its wallet locked.
    func lockedCall(_ id: String, in tx: borrowing WriteTransaction) throws -> ProviderCall {
        // Whose lock to take stands in the row, and never changes; what else it says is read again under the lock.
        try tx.lock(call(id, in: tx).wallet)
        return try call(id, in: tx)
    }

    /// The id of the call that runs on a hold, or ran on it; nil for a hold of its own.
    public func call(onHold hold: String, in reader: borrowing some SQLReader & ~Copyable) throws -> String? {
        try reader.first("select id from provider_calls where hold_id = $1", [.text(hold)]) { try $0.text(0) }
    }
}

extension Ledger {
    private static let columns = """
        id, wallet_id, hold_id, agent_id, model, price, plan, instance, planned_at, settled_at, state, input, output,
        cache_read, cache_write_5m, cache_write_1h, output_bytes, tool_calls, failure, max_output
        """

    private func storedCall(_ id: String, in reader: borrowing some SQLReader & ~Copyable) throws -> ProviderCall? {
        try reader.first("select \(Ledger.columns) from provider_calls where id = $1", [.text(id)]) { row in
            let progress = try Ledger.progress(from: row, call: id)
            guard let plan = PaymentPlan(rawValue: try row.text(6)) else {
                throw LedgerError.brokenBook("call \(id) has no known payment plan")
            }
            return ProviderCall(
                id: try row.text(0), wallet: try row.wallet(1), hold: try row.text(2), agent: try row.optionalText(3),
                model: try row.text(4), priceSnapshot: try row.text(5), plan: plan,
                maximumOutput: try row.integer(19), instance: try row.text(7), plannedAt: try row.timestamp(8),
                progress: progress,
                settledAt: try row.optionalTimestamp(9))
        }
    }

    private static func progress(from row: borrowing Row, call id: String) throws -> CallProgress {
        guard let state = CallState(rawValue: try row.text(10)) else {
            throw LedgerError.brokenBook("call \(id) is in no known state")
        }
        var reported: Usage?
        if let input = try row.optionalInteger(11) {
            reported = Usage(
                input: input, output: try row.integer(12), cacheRead: try row.integer(13),
                cacheWrite5m: try row.integer(14), cacheWrite1h: try row.integer(15))
        }
        return CallProgress(
            state: state, reported: reported, outputBytes: try row.integer(16), toolCalls: try row.integer(17),
            failure: try row.optionalText(18))
    }

    private func insert(_ call: ProviderCall, in tx: borrowing WriteTransaction) throws {
        try tx.execute(
            """
            insert into provider_calls (id, wallet_id, hold_id, agent_id, model, price, plan, max_output, instance,
                planned_at, updated_at, state, output_bytes, tool_calls)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, 0, 0)
            """,
            [
                .text(call.id), .wallet(call.wallet), .text(call.hold), .optional(call.agent, SQLValue.text),
                .text(call.model), .text(call.priceSnapshot), .text(call.plan.rawValue),
                .integer(call.maximumOutput), .text(call.instance), .timestamp(call.plannedAt),
                .text(call.progress.state.rawValue),
            ])
    }

    private func store(
        _ progress: CallProgress, of call: ProviderCall, from before: CallState, in tx: borrowing WriteTransaction,
        at now: Timestamp
    ) throws {
        let usage = progress.reported
        let changed = try tx.execute(
            """
            update provider_calls set state = $2, input = $3, output = $4, cache_read = $5, cache_write_5m = $6,
                cache_write_1h = $7, output_bytes = $8, tool_calls = $9, failure = $10, updated_at = $11
            where id = $1 and state = $12 and settled_at is null
            """,
            [
                .text(call.id), .text(progress.state.rawValue), .optional(usage?.input, SQLValue.integer),
                .optional(usage?.output, SQLValue.integer), .optional(usage?.cacheRead, SQLValue.integer),
                .optional(usage?.cacheWrite5m, SQLValue.integer), .optional(usage?.cacheWrite1h, SQLValue.integer),
                .integer(progress.outputBytes), .integer(progress.toolCalls),
                .optional(progress.failure, SQLValue.text), .timestamp(now), .text(before.rawValue),
            ])
        guard changed == 1 else { throw LedgerError.brokenBook("call \(call.id) changed under its wallet's lock") }
    }
}
