import Database
import DatabaseFixtures
import Ledger
import Primitives

@testable import Gateway

/// The book of a gateway that has ended, read from its file.
struct ClosedBook {
    /// A provider call with what it was charged for; zeros if for nothing.
    struct Call: Hashable, Sendable {
        let model: String
        let maximumOutput: Int64
        let failure: String?
        let usage: Usage
        let basis: String?
        let held: Int64
        let charged: Int64
        let overrun: Int64
        let isSettled: Bool
    }

    /// What contradicts itself in it: nothing, always.
    let faults: [BookFault]
    /// All calls, oldest first.
    let calls: [Call]

    init(in folder: TemporaryFolder) async throws {
        let database = try Database(
            TestPlace.location(of: folder.file("data/" + Gateway.databaseName)), migrations: Domains.migrations())
        (faults, calls) = try await database.scan { reader in
            (try Ledger().verifyBook(in: reader), try ClosedBook.calls(in: reader))
        }
        await database.close()
    }

    private static func calls(in reader: borrowing ReadTransaction) throws -> [Call] {
        try reader.rows(
            """
            select c.model, c.max_output, c.failure, coalesce(u.input, 0), coalesce(u.output, 0),
                coalesce(u.cache_read, 0), coalesce(u.cache_write_5m, 0), coalesce(u.cache_write_1h, 0), u.basis,
                h.amount, h.charged, h.overrun, c.settled_at is not null
            from provider_calls c join holds h on h.id = c.hold_id left join usage_charges u on u.call_id = c.id
            order by c.planned_at, c.id
            """, []
        ) { row in
            Call(
                model: try row.text(0), maximumOutput: try row.integer(1), failure: try row.optionalText(2),
                usage: Usage(
                    input: try row.integer(3), output: try row.integer(4), cacheRead: try row.integer(5),
                    cacheWrite5m: try row.integer(6), cacheWrite1h: try row.integer(7)),
                basis: try row.optionalText(8), held: try row.integer(9), charged: try row.integer(10),
                overrun: try row.integer(11), isSettled: try row.integer(12) == 1)
        }
    }
}
