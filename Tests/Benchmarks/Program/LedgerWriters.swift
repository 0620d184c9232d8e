import Database
import Ledger
import Primitives

/// The rate at which spends are booked, each a hold and its capture, every one of them on disk before it counts:
/// by one caller that waits for each commit, and by many at once.
struct LedgerWriters {
    private static let funds = MicroUSDC(100_000_000)
    private static let amount = MicroUSDC(10)

    private let database: Database
    private let ledger = Ledger()
    private let clock = SystemClock()

    static func run(folder: String, writers: Int, seconds: Int) async throws -> JSON {
        let book = try LedgerWriters(path: folder + "/ledger.db")
        try await book.fund(writers)
        let alone = try await book.spends(by: 1, seconds: seconds)
        let together = try await book.spends(by: writers, seconds: seconds)
        await book.database.close()
        return ["onePerCommitPerSecond": .integer(alone), "togetherPerSecond": .integer(together)]
    }

    private init(path: String) throws {
        database = try Database(path: path, migrations: MigrationPlan(LedgerMigrations.all))
    }

    private func fund(_ writers: Int) async throws {
        let (ledger, now) = (ledger, clock.now())
        try await database.write { tx in
            for writer in 0..<writers {
                try ledger.faucet(
                    id: "fund-\(writer)", wallet: WalletID(Int64(writer + 1)), amount: LedgerWriters.funds, in: tx,
                    at: now)
            }
        }
    }

    private func spends(by writers: Int, seconds: Int) async throws -> Int64 {
        let start = Monotonic.nanoseconds()
        let end = start + UInt64(seconds) * 1_000_000_000
        let count = try await withThrowingTaskGroup(of: Int.self) { group in
            for writer in 0..<writers {
                group.addTask {
                    try await spend(from: WalletID(Int64(writer + 1)), name: "\(writers)-\(writer)", until: end)
                }
            }
            return try await group.reduce(0, +)
        }
        return Rate.perSecond(count, since: start)
    }

    private func spend(from wallet: WalletID, name: String, until end: UInt64) async throws -> Int {
        var count = 0
        while Monotonic.nanoseconds() < end {
            let (ledger, now, id) = (ledger, clock.now(), "\(name)-\(count)")
            try await database.write { tx in
                let request = HoldRequest(
                    id: id, wallet: wallet, amount: LedgerWriters.amount, expiresAt: now.adding(milliseconds: 60_000))
                _ = try ledger.hold(request, in: tx, at: now)
                _ = try ledger.capture(id, cost: LedgerWriters.amount, in: tx, at: now)
            }
            count += 1
        }
        return count
    }
}
