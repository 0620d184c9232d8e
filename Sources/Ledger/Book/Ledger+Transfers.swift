import Database
import Primitives

extension Ledger {
    /// Books a transfer, or finds it booked already.
    func book(_ draft: TransferDraft, in tx: borrowing WriteTransaction, at now: Timestamp) throws -> Transfer {
        try draft.check()
        if let wallet = draft.wallet { try tx.lock(wallet) }
        if let booked = try transfer(draft.id, in: tx) {
            guard draft.matches(booked) else { throw LedgerError.transferConflict(id: draft.id) }
            return booked
        }
        return try bookNew(draft, in: tx, at: now)
    }

    /// Books a transfer whose id is known to be free, its wallet being locked. `releasing` gives back that much held
    /// money in the same step.
    @discardableResult
    func bookNew(
        _ draft: TransferDraft, releasing: MicroUSDC = .zero, in tx: borrowing WriteTransaction, at now: Timestamp
    ) throws -> Transfer {
        try draft.check()
        let postings = draft.postings
        guard postings.sum == .zero else { throw LedgerError.brokenBook("postings do not sum to zero") }
        var balanceAfter: MicroUSDC?
        if let wallet = draft.wallet {
            let before = try balance(of: wallet, in: tx)
            let after = try before.releasing(releasing).booking(postings)
            try replaceBalance(of: wallet, before, by: after, in: tx)
            balanceAfter = after.posted
        }
        let transfer = Transfer(
            id: draft.id, kind: draft.kind, wallet: draft.wallet, amount: draft.amount, agent: draft.agent,
            hold: draft.hold, bookedAt: now, balanceAfter: balanceAfter)
        try insert(transfer, in: tx)
        try insert(postings, of: transfer, in: tx)
        if draft.kind == .spend { try addAgentSpend(of: transfer, in: tx) }
        return transfer
    }

    /// The transfer with this id.
    func transfer(_ id: String, in reader: borrowing some SQLReader & ~Copyable) throws -> Transfer? {
        try reader.first("select \(TransferColumns.list) from transfers where id = $1", [.text(id)]) {
            try TransferColumns.read($0)
        }
    }

    private func insert(_ transfer: Transfer, in tx: borrowing WriteTransaction) throws {
        try tx.execute(
            "insert into transfers (\(TransferColumns.list)) values ($1, $2, $3, $4, $5, $6, $7, $8)",
            [
                .text(transfer.id), .text(transfer.kind.rawValue), .optional(transfer.wallet, SQLValue.wallet),
                .money(transfer.amount), .optional(transfer.agent, SQLValue.text),
                .optional(transfer.hold, SQLValue.text), .timestamp(transfer.bookedAt),
                .optional(transfer.balanceAfter, SQLValue.money),
            ])
    }

    /// Writes the two lines, and checks once more that they sum to zero: this time what stands in the table.
    private func insert(_ postings: [Posting], of transfer: Transfer, in tx: borrowing WriteTransaction) throws {
        precondition(postings.count == 2, "a transfer has two postings")
        let wallet = SQLValue.optional(transfer.wallet, SQLValue.wallet)
        try tx.execute(
            """
            insert into postings (transfer_id, line, account, wallet_id, amount)
            values ($1, 0, $2, $4, $5), ($1, 1, $3, $4, $6)
            """,
            [.text(transfer.id)] + postings.map { .text($0.account.rawValue) } + [wallet]
                + postings.map { .money($0.amount) })
        // Read and summed here: `insert ... returning` takes twice as long on SQLite.
        let stored = try tx.rows("select amount from postings where transfer_id = $1", [.text(transfer.id)]) {
            try $0.money(0)
        }
        guard stored.count == 2, stored.reduce(.zero, +) == .zero else {
            throw LedgerError.brokenBook("the stored postings of transfer \(transfer.id) do not sum to zero")
        }
    }

    private func addAgentSpend(of transfer: Transfer, in tx: borrowing WriteTransaction) throws {
        guard let wallet = transfer.wallet, let agent = transfer.agent else { return }
        try tx.execute(
            """
            insert into agent_spends (wallet_id, agent_id, spent) values ($1, $2, $3)
            on conflict (wallet_id, agent_id) do update set spent = agent_spends.spent + excluded.spent
            """,
            [.wallet(wallet), .text(agent), .money(transfer.amount)])
    }
}
