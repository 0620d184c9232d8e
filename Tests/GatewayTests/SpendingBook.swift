import Agents
import Database
import Foundation
import Ledger
import Primitives
import Telemetry
import Testing

@testable import Gateway

/// A ledger in a file of its own, reached through the adapter that chat uses.
final class SpendingBook: Sendable {
    static let start = Timestamp(unixSeconds: 1_795_176_000)
    static let alice = WalletID(1)
    static let credit = MicroUSDC(1_000_000)
    /// On the wallet's own key a token costs 1 micro-USDC of input, 5 of output, and 2 the dearest way in.
    static let rates = TokenRates(
        input: 10_000_000, output: 50_000_000, cacheRead: 1_000_000, cacheWrite5m: 12_500_000, cacheWrite1h: 20_000_000)
    static let prices = PriceCatalogue([
        price("claude-haiku-5-5"), price("claude-sonnet-5-5"), price("claude-opus-5-5"), price("claude-other-5"),
        price("claude-haiku-short", maxOutput: 1_000), price("gpt-9", provider: "openai"),
    ])

    private static func price(_ model: String, provider: String = "anthropic", maxOutput: Int64 = 64_000) -> ModelPrice
    {
        ModelPrice(model: model, provider: provider, base: rates, maxInput: 200_000, maxOutput: maxOutput)
    }

    let spending: LedgerSpending
    let database: Database
    private let metrics = Metrics()
    private let log: Log
    /// As a later start of the program would do it.
    var upkeep: LedgerUpkeep {
        LedgerUpkeep(
            database: database,
            spending: LedgerSpending(
                ledger: spending.ledger, prices: spending.prices, instance: "run_2", alarm: spending.alarm), log: log)
    }
    private let logFile: CInt
    private let folder: String

    init(credit: MicroUSDC = SpendingBook.credit) async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "sealgate-spending-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        database = try Database(path: folder + "/book.db", migrations: MigrationPlan(LedgerMigrations.all))
        logFile = open(folder + "/log", O_WRONLY | O_CREAT, 0o600)
        log = Log(descriptor: logFile, clock: SystemClock())
        spending = LedgerSpending(
            ledger: Ledger(), prices: SpendingBook.prices, instance: "run_1",
            alarm: OverrunAlarm(log: log, metrics: metrics))
        try await write { [ledger = spending.ledger] tx, now in
            _ = try Faucet(ledger: ledger, idempotency: IdempotencyStore())
                .give(credit, id: "credit", to: SpendingBook.alice, once: nil, in: tx, at: now)
        }
    }

    deinit {
        log.close()
        Foundation.close(logFile)
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Verifies the book, and closes it.
    func close(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let ledger = spending.ledger
        let faults = try await database.scan { try ledger.verifyBook(in: $0) }
        #expect(faults.isEmpty, sourceLocation: sourceLocation)
        await database.close()
    }

    func write<R: Sendable>(
        _ body: @escaping @Sendable (borrowing WriteTransaction, Timestamp) throws -> R
    ) async throws -> R {
        try await database.write { tx in try body(tx, SpendingBook.start) }
    }

    /// Admits a call of 1,000 bytes.
    @discardableResult
    func admit(_ id: String = "call_1", model: String = "claude-sonnet-5-5", maximumTokens: Int? = 100) async throws
        -> CallAdmission
    {
        let call = CallRequest(
            id: id, wallet: SpendingBook.alice, agentID: "agent", model: model, requestBytes: 1_000,
            maximumOutputTokens: maximumTokens)
        return try await write { [spending] tx, now in try spending.admit(call, in: tx, at: now) }
    }

    func recordSent(_ id: String = "call_1") async throws {
        try await write { [spending] tx, now in try spending.recordSent(id, in: tx, at: now) }
    }

    func progress(_ progress: TurnProgress, _ id: String = "call_1") async throws {
        try await write { [spending] tx, now in try spending.recordProgress(id, progress, in: tx, at: now) }
    }

    @discardableResult
    func settle(_ progress: TurnProgress, isFinal: Bool = false, _ ending: TurnEnding = .clientLeft) async throws
        -> TurnCharge
    {
        let report = TurnReport(progress: progress, usageIsFinal: isFinal, ending: ending)
        return try await write { [spending] tx, now in try spending.settle("call_1", report, in: tx, at: now) }
    }

    func settleAbandoned() async throws -> TurnCharge? {
        try await write { [spending] tx, now in try spending.settleAbandoned("call_1", in: tx, at: now) }
    }

    func call() async throws -> ProviderCall {
        try await database.read { [ledger = spending.ledger] in try ledger.call("call_1", in: $0) }
    }

    /// What the wallet's newest transaction was charged for.
    func lastUsage() async throws -> UsageCharge? {
        let page = try #require(PageRequest(limit: 1))
        return try await database.read { [ledger = spending.ledger] in
            try ledger.transactions(of: SpendingBook.alice, page, in: $0)
        }.transactions.first?.usage
    }

    func balance() async throws -> Balance {
        try await database.read { [ledger = spending.ledger] in try ledger.balance(of: SpendingBook.alice, in: $0) }
    }

    /// Ends the log, and gives its lines.
    func logged() throws -> [JSON] {
        log.close()
        return try String(contentsOfFile: folder + "/log", encoding: .utf8).split(separator: "\n").map {
            try JSON(parsing: String($0))
        }
    }

    /// How often the alarm has rung.
    var overruns: Int64 {
        metrics.counter("sealgate_platform_overruns_total", help: "").value
    }
}
