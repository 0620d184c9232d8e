import Database
import DatabaseFixtures
import Foundation
import Primitives
import Testing

@testable import Ledger

/// A folder of its own for one test, gone with it.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "sealgate-ledger-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// A book in a folder of its own. Tests end with `close()`, which keeps the folder until then.
struct TestBook: Sendable {
    static let start = Timestamp(unixSeconds: 1_795_176_000)
    static let alice = WalletID(1)
    static let bob = WalletID(2)

    let folder: TemporaryFolder?
    let database: Database
    let ledger = Ledger()

    init(in folder: TemporaryFolder? = nil) throws {
        let folder = try folder ?? TemporaryFolder()
        self.folder = folder
        database = try TestBook.open(folder.path)
    }

    /// In a child process: the folder stays the parent's, which removes it.
    init(at path: String) throws {
        folder = nil
        database = try TestBook.open(path)
    }

    static func open(_ folder: String) throws -> Database {
        try Database(
            TestPlace.location(of: folder + "/book.db"), migrations: MigrationPlan(LedgerMigrations.all))
    }

    /// The same book, opened anew.
    func reopened() async throws -> TestBook {
        await database.close()
        return try TestBook(in: folder)
    }

    /// Verifies the book, and closes it.
    func close(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await verify(sourceLocation: sourceLocation)
        await database.close()
        withExtendedLifetime(folder) {}
    }

    func verify(_ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let ledger = ledger
        let faults = try await database.scan { tx in try ledger.verifyBook(in: tx) }
        #expect(faults.isEmpty, comment, sourceLocation: sourceLocation)
    }

    func balance(of wallet: WalletID) async throws -> Balance {
        let ledger = ledger
        return try await database.read { tx in try ledger.balance(of: wallet, in: tx) }
    }

    func credit(_ wallet: WalletID, _ micro: Int64, id: String? = nil) async throws {
        let ledger = ledger
        let id = id ?? "credit-\(wallet.rawValue)-\(micro)"
        _ = try await database.write { tx in
            try ledger.faucet(id: id, wallet: wallet, amount: MicroUSDC(micro), in: tx, at: TestBook.start)
        }
    }

    func execute(_ sql: String, _ parameters: [SQLValue] = []) async throws {
        _ = try await database.write { tx in try tx.execute(sql, parameters) }
    }

    @discardableResult
    func hold(_ id: String, _ wallet: WalletID, _ micro: Int64, agent: String? = nil) async throws -> Hold {
        let ledger = ledger
        return try await database.write { tx in
            try ledger.hold(TestBook.request(id, wallet, micro, agent: agent), in: tx, at: TestBook.start)
        }
    }

    static func request(_ id: String, _ wallet: WalletID, _ micro: Int64, agent: String? = nil) -> HoldRequest {
        HoldRequest(
            id: id, wallet: wallet, amount: MicroUSDC(micro), agent: agent, expiresAt: start.adding(seconds: 600))
    }
}

/// A dollar in micro-USDC.
let dollar: Int64 = 1_000_000
