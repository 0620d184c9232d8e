public import Database
import Primitives

extension Ledger {
    /// As many faults as are listed for each rule.
    static let maximumFaultsListed = 100
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

    /// As `verifyBook(in:)`, for a book that is small enough to be verified while the gateway works; nil, at little
    /// cost, if it has more than `limit` transfers or more than `limit` holds.
    public func verifyBook(upTo limit: Int, in reader: borrowing some SQLReader & ~Copyable) throws -> [BookFault]? {
        for table in ["transfers", "holds"] {
            let rows = try reader.first(
                "select count(*) from (select id from \(table) limit $1) t", [.integer(Int64(limit) + 1)]
            ) { try $0.integer(0) }
            guard let rows, rows <= limit else { return nil }
        }
        return try verifyBook(in: reader)
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
