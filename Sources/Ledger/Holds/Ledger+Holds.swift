public import Database
public import Primitives

extension Ledger {
    /// Locks money. Repeated with the same fields it gives the hold as it now stands, even if resolved.
    /// - Throws: `InsufficientFunds`; `LedgerError.holdConflict`, `.malformedID`, `.amountOutOfRange`,
    ///   `.expiryOutOfRange`.
    @discardableResult
    func hold(_ request: HoldRequest, in tx: borrowing WriteTransaction, at now: Timestamp) throws -> Hold {
        try request.check(at: now)
        try tx.lock(request.wallet)
        if let hold = try storedHold(request.id, in: tx) {
            guard request.matches(hold) else { throw LedgerError.holdConflict(id: request.id) }
            return hold
        }
        let before = try balance(of: request.wallet, in: tx)
        let after = try before.holding(request.amount)
        if after != before { try replaceBalance(of: request.wallet, before, by: after, in: tx) }
        let hold = Hold(
            id: request.id, wallet: request.wallet, amount: request.amount, agent: request.agent, madeAt: now,
            expiresAt: request.expiresAt, state: .open)
        try insert(hold, in: tx)
        return hold
    }

    /// Charges what the work cost. At most the hold is taken from the wallet; the rest of the hold returns; a cost
    /// above the hold is booked to `platform_overrun` (see `Hold.overrun`; it deserves an alarm). A cost of zero books
    /// nothing.
    /// - Throws: `LedgerError.holdAlreadyResolved` unless repeated with the same cost; `.unknownHold`,
    ///   `.amountOutOfRange`; `.holdServesCall` if a provider call runs on it: that is `settle`d.
    @discardableResult
    func capture(_ id: String, cost: MicroUSDC, in tx: borrowing WriteTransaction, at now: Timestamp) throws
        -> Hold
    {
        try resolve(id, by: .capture(cost: cost), in: tx, at: now)
    }

    /// Gives the money back, nothing having been used.
    /// - Throws: `LedgerError.holdAlreadyResolved` unless it was released before; `.unknownHold`, `.holdServesCall`.
    @discardableResult
    func release(_ id: String, in tx: borrowing WriteTransaction, at now: Timestamp) throws -> Hold {
        try resolve(id, by: .release, in: tx, at: now)
    }

    /// Ends a hold whose time is over: gives the money back, or, if a provider call runs on it, ends that call and
    /// settles it from what was recorded. The state returned says which.
    /// - Throws: `LedgerError.holdNotExpired`; `.holdAlreadyResolved` unless it expired before; `.unknownHold`.
    @discardableResult
    public func expire(_ id: String, in tx: borrowing WriteTransaction, at now: Timestamp) throws -> Hold {
        guard let call = try call(onHold: id, in: tx) else { return try resolve(id, by: .expire, in: tx, at: now) }
        let hold = try self.hold(id, in: tx)
        guard now >= hold.expiresAt else { throw LedgerError.holdNotExpired(id: id, expiresAt: hold.expiresAt) }
        try settleAbandoned(call: call, code: "hold_expired", in: tx, at: now)
        return try self.hold(id, in: tx)
    }

    /// The hold with this id.
    func hold(_ id: String, in reader: borrowing some SQLReader & ~Copyable) throws -> Hold {
        guard let hold = try storedHold(id, in: reader) else { throw LedgerError.unknownHold(id: id) }
        return hold
    }

    /// Open holds whose time is over, the oldest first, a page at a time: at most `limit`, those after `last`.
    public func expiredHolds(
        at now: Timestamp, after last: Hold? = nil, limit: Int, in reader: borrowing some SQLReader & ~Copyable
    ) throws -> [Hold] {
        try reader.rows(
            """
            select \(Ledger.holdColumns) from holds
            where state = 'open' and expires_at <= $1 and (expires_at, id) > ($2, $3)
            order by expires_at, id limit $4
            """,
            [
                .timestamp(now), .timestamp(last?.expiresAt ?? Timestamp(unixMicroseconds: .min)),
                .text(last?.id ?? ""), .integer(Int64(limit)),
            ], Ledger.hold(from:))
    }
}

extension Ledger {
    private static let holdColumns =
        "id, wallet_id, amount, agent_id, made_at, expires_at, state, charged, overrun"

    /// Ends a hold: `call` names the provider call that runs on it, which alone may end it.
    func resolve(
        _ id: String, by resolution: HoldResolution, for call: String? = nil, in tx: borrowing WriteTransaction,
        at now: Timestamp
    ) throws -> Hold {
        // Whose hold it is and which call runs on it never changes; what else the row says is read under the lock.
        let owner = try tx.first(
            "select h.wallet_id, c.id from holds h left join provider_calls c on c.hold_id = h.id where h.id = $1",
            [.text(id)]
        ) { row in (wallet: try row.wallet(0), call: try row.optionalText(1)) }
        guard let owner else { throw LedgerError.unknownHold(id: id) }
        if let runs = owner.call, runs != call { throw LedgerError.holdServesCall(id: id, call: runs) }
        try tx.lock(owner.wallet)
        var hold = try self.hold(id, in: tx)
        guard let state = try hold.state(after: resolution, at: now) else { return hold }
        hold.state = state
        if hold.charged > .zero {
            let draft = TransferDraft(
                id: "spend:" + id, kind: .spend, wallet: hold.wallet, amount: hold.charged, agent: hold.agent, hold: id)
            try bookNew(draft, releasing: hold.amount, in: tx, at: now)
        } else if hold.amount > .zero {
            let before = try balance(of: hold.wallet, in: tx)
            try replaceBalance(of: hold.wallet, before, by: before.releasing(hold.amount), in: tx)
        }
        if hold.overrun > .zero {
            let draft = TransferDraft(
                id: "overrun:" + id, kind: .overrun, wallet: nil, amount: hold.overrun, agent: hold.agent, hold: id)
            try bookNew(draft, in: tx, at: now)
        }
        try store(hold, resolvedAt: now, in: tx)
        return hold
    }

    func storedHold(_ id: String, in reader: borrowing some SQLReader & ~Copyable) throws -> Hold? {
        try reader.first("select \(Ledger.holdColumns) from holds where id = $1", [.text(id)], Ledger.hold(from:))
    }

    private func insert(_ hold: Hold, in tx: borrowing WriteTransaction) throws {
        try tx.execute(
            """
            insert into holds (id, wallet_id, amount, agent_id, made_at, expires_at, state, charged, overrun)
            values ($1, $2, $3, $4, $5, $6, 'open', 0, 0)
            """,
            [
                .text(hold.id), .wallet(hold.wallet), .money(hold.amount), .optional(hold.agent, SQLValue.text),
                .timestamp(hold.madeAt), .timestamp(hold.expiresAt),
            ])
    }

    private func store(_ hold: Hold, resolvedAt now: Timestamp, in tx: borrowing WriteTransaction) throws {
        let changed = try tx.execute(
            """
            update holds set state = $2, charged = $3, overrun = $4, resolved_at = $5 where id = $1 and state = 'open'
            """,
            [
                .text(hold.id), .text(hold.state.name), .money(hold.charged), .money(hold.overrun), .timestamp(now),
            ])
        guard changed == 1 else { throw LedgerError.brokenBook("hold \(hold.id) was resolved under its wallet's lock") }
    }

    private static func hold(from row: borrowing Row) throws -> Hold {
        let id = try row.text(0)
        let (charged, overrun) = (try row.money(7), try row.money(8))
        guard let state = HoldState(name: try row.text(6), charged: charged, overrun: overrun) else {
            throw LedgerError.brokenBook("hold \(id) is in no known state")
        }
        return Hold(
            id: id, wallet: try row.wallet(1), amount: try row.money(2), agent: try row.optionalText(3),
            madeAt: try row.timestamp(4), expiresAt: try row.timestamp(5), state: state)
    }
}
