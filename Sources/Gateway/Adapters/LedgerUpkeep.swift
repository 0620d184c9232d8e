import Database
import Ledger
import Primitives
import Telemetry

/// What the ledger needs done that no request waits for. A call or hold that cannot be ended is logged and keeps its
/// money locked; it does not keep the others from theirs.
struct LedgerUpkeep: Sendable {
    /// Calls that one start settles: more cannot be under way at once, since each is an open stream.
    static let maximumRecovered = 100_000
    /// Holds looked up at a time: some milliseconds.
    static let page = 100
    /// Transfers, or holds, of the longest book that is verified beside the gateway's work: less than a second of a
    /// thread of its own (0.8 s without optimisation).
    static let maximumVerified = 10_000

    let database: Database
    let spending: LedgerSpending
    let log: Log

    /// Settles the calls that an earlier start left unfinished, from what was recorded of them; returns how many. To be
    /// called before the first request.
    func settleAbandoned(at now: Timestamp) async throws -> Int {
        let left = try await database.scan { [spending] tx in
            try spending.ledger.abandonedCalls(
                besides: spending.instance, limit: LedgerUpkeep.maximumRecovered, in: tx)
        }
        var settled = 0
        for call in left {
            do {
                try await database.write { [spending] in _ = try spending.settleAbandoned(call, in: $0, at: now) }
                settled += 1
            } catch {
                log.write("recovery_failed", [("call", .id(call)), ("code", .id(ErrorNames.code(of: error)))])
            }
        }
        return settled
    }

    /// Gives back holds whose time is over; those of provider calls settle from what was recorded.
    func expireHolds(at now: Timestamp) async throws {
        var last: Hold?
        repeat {
            let overdue = try await database.scan { [spending, last] tx in
                try spending.ledger.expiredHolds(at: now, after: last, limit: LedgerUpkeep.page, in: tx)
            }
            for hold in overdue {
                do {
                    try await database.write { [spending] in try spending.expire(hold.id, in: $0, at: now) }
                } catch {
                    log.write("expiry_failed", [("hold", .id(hold.id)), ("code", .id(ErrorNames.code(of: error)))])
                }
            }
            last = overdue.last
        } while last != nil
    }

    /// Looks whether the book contradicts itself, unless it is too long for that. Refuses nothing: writes a line
    /// `book_broken` for each rule that is broken, with the first of the rows that break it.
    func verifyBook() async throws {
        let faults = try await database.scan { [ledger = spending.ledger] tx in
            try ledger.verifyBook(upTo: LedgerUpkeep.maximumVerified, in: tx)
        }
        let found = Dictionary(grouping: faults ?? [], by: \.rule)
        for rule in BookRule.allCases {
            guard let faults = found[rule], let first = faults.first else { continue }
            log.write(
                "book_broken",
                [
                    ("rule", .id(rule.rawValue)), ("faults", .number(Int64(faults.count))),
                    ("first", .id(first.subject)),
                ])
        }
    }
}
