import Database
import Primitives
import Synchronization

@testable import Agents

/// The test ledger on a disk that is full for the first so many admissions or last writes, or until it is told.
final class FailingLedger: SpendingPort {
    private let ledger = TestLedger()
    private let failures: Mutex<(admit: Int, settle: Int)>
    private let noted: AsyncStream<Void>
    private let note: AsyncStream<Void>.Continuation
    /// Yields after each charge.
    let settled: AsyncStream<Void>
    private let settle: AsyncStream<Void>.Continuation

    init(admitFailures: Int = 0, settleFailures: Int = 0) {
        failures = Mutex((admitFailures, settleFailures))
        (noted, note) = AsyncStream.makeStream(of: Void.self)
        (settled, settle) = AsyncStream.makeStream(of: Void.self)
    }

    /// From now on no turn can be ended.
    func fill() {
        failures.withLock { $0.settle = .max }
    }

    /// There is room again.
    func clear() {
        failures.withLock { $0.settle = 0 }
    }

    private func failIfFull() throws {
        try failures.withLock { failures in
            guard failures.settle == 0 else {
                failures.settle -= 1
                throw DatabaseError.full
            }
        }
    }

    /// Returns once a turn's progress has been written.
    func progressWasNoted() async {
        for await _ in noted { return }
    }

    func knows(model: String) -> Bool { ledger.knows(model: model) }

    func admit(_ call: CallRequest, in tx: borrowing WriteTransaction, at now: Timestamp) throws -> CallAdmission {
        try failures.withLock { failures in
            guard failures.admit == 0 else {
                failures.admit -= 1
                throw DatabaseError.full
            }
        }
        return try ledger.admit(call, in: tx, at: now)
    }

    func recordSent(_ call: String, in tx: borrowing WriteTransaction, at now: Timestamp) throws {
        try ledger.recordSent(call, in: tx, at: now)
    }

    func recordProgress(
        _ call: String, _ progress: TurnProgress, in tx: borrowing WriteTransaction, at now: Timestamp
    ) throws {
        try ledger.recordProgress(call, progress, in: tx, at: now)
        note.yield()
    }

    func settle(
        _ call: String, _ report: TurnReport, in tx: borrowing WriteTransaction, at now: Timestamp
    ) throws -> TurnCharge {
        try failIfFull()
        defer { settle.yield() }
        return try ledger.settle(call, report, in: tx, at: now)
    }

    func release(_ call: String, code: String, in tx: borrowing WriteTransaction, at now: Timestamp) throws {
        try failIfFull()
        try ledger.release(call, code: code, in: tx, at: now)
    }

    func settleAbandoned(_ call: String, in tx: borrowing WriteTransaction, at now: Timestamp) throws -> TurnCharge? {
        try ledger.settleAbandoned(call, in: tx, at: now)
    }
}
