import Database
import Primitives

/// How turns end that nobody runs any more, and how the service comes to rest.
extension ChatService {
    /// Ends every turn that a process before this one left behind, from what was recorded of it, and returns how many
    /// there were. To be called before the first `start`, by the only process that uses the database.
    public func recover() async throws -> Int {
        try await endTurns { _, _ in true }
    }

    /// Writes the turns whose last write failed, then ends those whose lease has run out and of which this process
    /// knows nothing. Returns how many there were. To be called now and then.
    public func sweep() async throws -> Int {
        let written = await books.unwritten.write()
        return try await written + endTurns { $0.expiresAt <= $1 }
    }

    private func endTurns(
        _ isOver: @escaping @Sendable (TurnRecord, _ now: Timestamp) -> Bool
    ) async throws -> Int {
        let now = ports.clock.now()
        let turns = try await ports.database.scan { try TurnRecord.all(in: $0) }
            .filter { isOver($0, now) && !books.census.holds($0.call) }
        for turn in turns {
            try await ports.database.write { [closing = books.closing] tx in
                try closing.endAbandoned(turn, in: tx, at: now)
            }
        }
        ports.watch?.ended(afterTheFact: turns.count)
        return turns.count
    }

    /// Turns that this process answers for: under way, or not written yet.
    public var runningTurns: Int { books.census.count }

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
