import Database
import Primitives

extension Ledger {
    /// Books a transfer, or finds it booked already. `releasing` gives back that much held money in the same step.
    func book(
        _ draft: TransferDraft, releasing: MicroUSDC = .zero, in tx: borrowing WriteTransaction, at now: Timestamp
    ) throws -> Transfer {
        try draft.check()
        if let wallet = draft.wallet { try tx.lock(wallet) }
        if let booked = try transfer(draft.id, in: tx) {
            guard draft.matches(booked) else { throw LedgerError.transferConflict(id: draft.id) }
            return booked
        }
        try checkSum(of: draft.postings)
        var balanceAfter: MicroUSDC?
        if let wallet = draft.wallet {
            let before = try balance(of: wallet, in: tx)
            let after = try before.releasing(releasing).booking(draft.postings)
            try replaceBalance(of: wallet, before, by: after, in: tx)
            balanceAfter = after.posted
        }
        let transfer = Transfer(
            id: draft.id, kind: draft.kind, wallet: draft.wallet, amount: draft.amount, agent: draft.agent,
            hold: draft.hold, bookedAt: now, balanceAfter: balanceAfter)
        try insert(transfer, draft.postings, in: tx)
        if draft.kind == .spend { try addAgentSpend(of: transfer, in: tx) }
        return transfer
    }

    /// The transfer with this id.
    func transfer(_ id: String, in reader: borrowing some SQLReader & ~Copyable) throws -> Transfer? {
        try reader.first("select \(TransferColumns.list) from transfers where id = $1", [.text(id)]) {
            try TransferColumns.read($0)
        }
    }

    private func insert(_ transfer: Transfer, _ postings: [Posting], in tx: borrowing WriteTransaction) throws {
        try tx.execute(
            "insert into transfers (\(TransferColumns.list)) values ($1, $2, $3, $4, $5, $6, $7, $8)",
            [
                .text(transfer.id), .text(transfer.kind.rawValue), .optional(transfer.wallet, SQLValue.wallet),
                .money(transfer.amount), .optional(transfer.agent, SQLValue.text),
                .optional(transfer.hold, SQLValue.text), .timestamp(transfer.bookedAt),
                .optional(transfer.balanceAfter, SQLValue.money),
            ])
        for (line, posting) in postings.enumerated() {
            try tx.execute(
                "insert into postings (transfer_id, line, account, wallet_id, amount) values ($1, $2, $3, $4, $5)",
                [
                    .text(transfer.id), .integer(Int64(line)), .text(posting.account.rawValue),
                    .optional(posting.wallet, SQLValue.wallet), .money(posting.amount),
                ])
        }
        try checkStoredPostings(of: transfer, count: postings.count, in: tx)
    }

    /// Before writing: the lines sum to zero.
    private func checkSum(of postings: [Posting]) throws {
        guard postings.reduce(MicroUSDC.zero, { $0 + $1.amount }) == .zero else {
            throw LedgerError.brokenBook("postings do not sum to zero")
        }
    }

    /// After writing: what the tables now hold sums to zero, line for line.
    private func checkStoredPostings(of transfer: Transfer, count: Int, in tx: borrowing WriteTransaction) throws {
        let stored = try tx.first(
            "select count(*), cast(coalesce(sum(amount), 0) as bigint) from postings where transfer_id = $1",
            [.text(transfer.id)]
        ) { row in (lines: try row.integer(0), sum: try row.integer(1)) }
        guard stored?.lines == Int64(count), stored?.sum == 0 else {
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
