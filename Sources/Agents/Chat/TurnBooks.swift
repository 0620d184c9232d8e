import Database
import EventLoops
import Primitives

/// The writes of a turn, as the running turn sees them. None of them is undone by a cancelled task.
struct TurnBooks: Sendable {
    let ports: ChatPorts
    let closing: TurnClosing
    let census: TurnCensus
    let unwritten: UnwrittenTurns

    init(_ ports: ChatPorts) {
        self.ports = ports
        closing = TurnClosing(store: ports.store, spending: ports.spending, idempotency: ports.idempotency)
        census = TurnCensus()
        unwritten = UnwrittenTurns(ports, closing: closing, census: census)
    }

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
        ports.watch.count(report.ending.code)
        let last = LastWrite(
            charging: report, answer: answer, of: turn, at: ports.clock.now(), seed: SealSeed(ports.random))
        return await write(last).map { .settled($0) } ?? .notSettled
    }

    /// Undoes the turn: the provider never started. `code` says why, for the record.
    func release(_ turn: AdmittedTurn, code: String) async {
        await write(
            LastWrite(releasing: turn.record, code: code, at: ports.clock.now(), seed: SealSeed(ports.random)))
    }

    /// A last write, tried again for as long as a client can be kept waiting; then it is kept, and written later.
    @discardableResult
    private func write(_ last: LastWrite) async -> TurnCharge? {
        var pauses = TurnLimits.settleRetryMilliseconds[...]
        while true {
            do {
                return try await ports.database.write { [closing] tx in try closing.write(last, in: tx) }
            } catch {
                guard StorageFault.mayPass(error), let pause = pauses.popFirst() else {
                    unwritten.keep(last, after: error)
                    return nil
                }
                await ports.loop.pause(milliseconds: pause)
            }
        }
    }
}
