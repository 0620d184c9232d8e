import Database
import EventLoops
import Primitives

/// The writes of a turn, as the running turn sees them. None of them is undone by a cancelled task.
struct TurnBooks: Sendable {
    let ports: ChatPorts
    let closing: TurnClosing
    let census: TurnCensus

    /// Notes that the request leaves now. Queued before this returns, so that it stands before every later write of
    /// the turn; nobody waits for it.
    func recordSent(_ turn: AdmittedTurn, on loop: EventLoop) {
        let now = ports.clock.now()
        Task.immediate(executorPreference: loop) { [ports] in
            try? await ports.database.write { tx in
                try ports.spending.recordSent(turn.record.call, in: tx, at: now)
            }
        }
    }

    /// Notes what came so far. If that fails, the next note or the charge makes up for it.
    func recordProgress(_ progress: TurnProgress, of turn: AdmittedTurn) async {
        let now = ports.clock.now()
        try? await ports.database.write { [ports] tx in
            try ports.spending.recordProgress(turn.record.call, progress, in: tx, at: now)
        }
    }

    /// Charges the turn. The event to go on with.
    func settle(_ turn: AdmittedTurn, _ report: TurnReport, answer: String) async -> ChatTurn.Event {
        let now = ports.clock.now()
        ports.watch?.count(report.ending.code)
        let charge = await persist(turn) { [closing] tx in
            try closing.settle(turn, report, answer: answer, in: tx, at: now)
        }
        return charge.map { .settled($0) } ?? .notSettled
    }

    /// Undoes the turn: the provider never started. `code` says why, for the record.
    func release(_ turn: AdmittedTurn, code: String) async {
        let now = ports.clock.now()
        await persist(turn) { [closing] tx in try closing.release(turn.record, code: code, in: tx, at: now) }
    }

    /// A last write, tried again when the disk is full or busy. Nil if it cannot be done: the turn's record then stays,
    /// and whoever sweeps after its lease ends it.
    @discardableResult
    private func persist<R: Sendable>(
        _ turn: AdmittedTurn, _ body: @escaping @Sendable (borrowing WriteTransaction) throws -> R
    ) async -> R? {
        var pauses = TurnLimits.settleRetryMilliseconds[...]
        while true {
            do {
                return try await ports.database.write(body)
            } catch {
                guard TurnBooks.mayPass(error), let pause = pauses.popFirst() else {
                    ports.watch?.notRecorded(turn.record.call, error)
                    return nil
                }
                await wait(milliseconds: pause)
            }
        }
    }

    private static func mayPass(_ error: any Error) -> Bool {
        switch error {
        case DatabaseError.full, DatabaseError.busy, DatabaseError.overloaded, DatabaseError.timeLimit: true
        default: false
        }
    }

    private func wait(milliseconds: UInt64) async {
        let loop = ports.loop
        await withCheckedContinuation { continuation in
            loop.execute {
                _ = loop.schedule(afterMilliseconds: milliseconds) { continuation.resume() }
            }
        }
    }
}
