import Database
import Primitives

/// How turns end that nobody runs any more, and how the service comes to rest.
extension ChatService {
    /// Ends every turn that a process before this one left behind, from what was recorded of it. One that cannot be
    /// ended is reported and does not keep the others; throws only if the turns cannot be listed at all. To be called
    /// before the first `start`, by the only process that uses the database.
    public func recover() async throws -> EndedTurns {
        try await endTurns { _, _ in true }
    }

    /// Writes the turns whose last write failed, then ends those whose lease has run out and of which this process
    /// knows nothing. To be called now and then; throws as `recover` does.
    @discardableResult
    public func sweep() async throws -> EndedTurns {
        let written = await books.unwritten.write()
        var result = try await endTurns { $0.expiresAt <= $1 }
        result.ended += written
        return result
    }

    private func endTurns(_ isOver: (TurnRecord, _ now: Timestamp) -> Bool) async throws -> EndedTurns {
        let now = ports.clock.now()
        var result = EndedTurns()
        for (call, record) in try await ports.database.scan({ try TurnRecord.all(in: $0) }) {
            guard !books.census.holds(call) else { continue }
            do {
                let record = try record.get()
                guard isOver(record, now) else { continue }
                try await ports.database.write { [closing = books.closing] tx in
                    try closing.endAbandoned(record, in: tx, at: now)
                }
                result.ended += 1
            } catch {
                ports.watch.notEnded(call, error)
                result.failed += 1
            }
        }
        ports.watch.ended(afterTheFact: result.ended)
        return result
    }

    /// Turns that this process answers for: under way, or not written yet.
    public var runningTurns: Int { books.census.count }

    /// Ends every turn that is under way: what came is charged, and its client gets an `error` event with the code
    /// `interrupted`. New ones are refused. To be called before the server cuts its connections.
    public func interrupt() {
        books.census.interrupt()
    }

    /// Returns once no turn is under way in this process and all are written, or `TurnLimits.stopMilliseconds` after
    /// the last has ended: for an orderly end, after the server has drained.
    public func idle() async {
        await idle(writingFor: TurnLimits.stopMilliseconds)
    }

    func idle(writingFor milliseconds: UInt64) async {
        await books.census.idle()
        await books.unwritten.settle(withinMilliseconds: milliseconds)
    }
}
