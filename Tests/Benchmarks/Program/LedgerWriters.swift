import Database
import Ledger
import Primitives

/// The rate at which transfers are booked, every one of them on disk before it counts: by one caller that waits for
/// each commit, and by many at once.
struct LedgerWriters {
    private static let amount = MicroUSDC(10_000)
    /// A wallet takes part in so many transfers, so that no daily cap is met.
    private static let transfersPerWallet = 100

    private let database: Database
    private let faucet = Faucet(ledger: Ledger(), idempotency: IdempotencyStore())
    private let clock = SystemClock()

    static func run(folder: String, writers: Int, seconds: Int) async throws -> JSON {
        let book = try LedgerWriters(path: folder + "/ledger.db")
        let alone = try await book.rate(of: 1, seconds: seconds)
        let together = try await book.rate(of: writers, seconds: seconds)
        await book.database.close()
        return ["onePerCommitPerSecond": .integer(alone), "togetherPerSecond": .integer(together)]
    }

    private init(path: String) throws {
        database = try Database(path: path, migrations: MigrationPlan(LedgerMigrations.all))
    }

    private func rate(of writers: Int, seconds: Int) async throws -> Int64 {
        let start = Monotonic.nanoseconds()
        let end = start + UInt64(seconds) * 1_000_000_000
        let count = try await withThrowingTaskGroup(of: Int.self) { group in
            for writer in 0..<writers {
                group.addTask {
                    try await book(as: "\(writers)-\(writer)", wallets: (writers + writer) << 32, until: end)
                }
            }
            return try await group.reduce(0, +)
        }
        return Rate.perSecond(count, since: start)
    }

    /// Books one transfer after the other, and gives their number.
    private func book(as name: String, wallets: Int, until end: UInt64) async throws -> Int {
        var count = 0
        while Monotonic.nanoseconds() < end {
            let (faucet, now, id) = (faucet, clock.now(), "\(name)-\(count)")
            let wallet = WalletID(Int64(wallets + count / LedgerWriters.transfersPerWallet))
            try await database.write { tx in
                _ = try faucet.give(LedgerWriters.amount, id: id, to: wallet, once: nil, in: tx, at: now)
            }
            count += 1
        }
        return count
    }
}
