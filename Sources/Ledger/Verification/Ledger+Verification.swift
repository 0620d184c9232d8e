public import Database
public import Primitives

extension Ledger {
    /// As many faults as are listed for each rule.
    public static let maximumFaultsListed = 100
    /// Usage records read at a time.
    private static let verificationPage = 1_000

    /// Everything in the book that breaks a rule; empty if the book is sound. Reads all of it: for `Database.scan`.
    public func verifyBook(in reader: borrowing some SQLReader & ~Copyable) throws -> [BookFault] {
        var faults: [BookFault] = []
        for rule in BookRule.allCases {
            if let query = rule.query {
                faults += try reader.rows(query + " limit \(Ledger.maximumFaultsListed)", []) {
                    BookFault(rule: rule, subject: try $0.text(0))
                }
            }
        }
        return faults + (try miscomputedUsage(in: reader))
    }

    /// The balance that a wallet's postings, transfers and open holds come to: what its row must say. Reads all of
    /// them: for `Database.scan`.
    public func recountedBalance(of wallet: WalletID, in reader: borrowing some SQLReader & ~Copyable) throws -> Balance
    {
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

    private func miscomputedUsage(in reader: borrowing some SQLReader & ~Copyable) throws -> [BookFault] {
        var faults: [BookFault] = []
        var last = ""
        while faults.count < Ledger.maximumFaultsListed {
            let records = try reader.rows(
                "select \(UsageColumns.list) from usage_charges where call_id > $1 order by call_id limit $2",
                [.text(last), .integer(Int64(Ledger.verificationPage))]
            ) { try UsageColumns.read($0) }
            guard let end = records.last else { break }
            last = end.call
            faults += records.filter { !$0.computes }.map { BookFault(rule: .usageComputes, subject: $0.call) }
        }
        return Array(faults.prefix(Ledger.maximumFaultsListed))
    }
}

extension UsageCharge {
    /// Whether tokens by rates give the list cost, and that gives the charge.
    var computes: Bool {
        rates.listPico(of: usage) == listPico
            && Charge(listPico: listPico, toolCalls: toolCalls, plan: plan).amount == charged + overrun
    }
}
