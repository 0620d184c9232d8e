import Database
import EventLoops
import Primitives
import Synchronization

/// Turns that have ended and whose last write failed: kept with all that is known of them, and written again with
/// growing pauses until that lands. Until then they stay in the census, so that nobody ends them from their records,
/// which know less.
///
/// Bounded by the census, which admits no more turns than `TurnLimits.running`, and by `TurnLimits.unwrittenBytes`.
final class UnwrittenTurns: Sendable {
    private struct Entry {
        let last: LastWrite
        var isBeingWritten = false
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var answerBytes = 0
        var pause = TurnLimits.firstRewriteMilliseconds
        var isScheduled = false
    }

    private let state = Mutex(State())
    private let database: Database
    private let loops: EventLoopGroup
    private let closing: TurnClosing
    private let census: TurnCensus
    private let watch: TurnWatch

    init(_ ports: ChatPorts, closing: TurnClosing, census: TurnCensus) {
        database = ports.database
        loops = ports.loops
        watch = ports.watch
        self.closing = closing
        self.census = census
    }

    /// Keeps a write that failed with `error`; unless no later attempt can land, which leaves the turn to its record.
    func keep(_ last: LastWrite, after error: any Error) {
        watch.notRecorded(last.record.call, error)
        guard !UnwrittenTurns.isHopeless(error) else { return }
        let pause: UInt64? = state.withLock { state in
            var last = last
            if state.answerBytes + last.answerBytes > TurnLimits.unwrittenBytes { last.dropAnswer() }
            state.answerBytes += last.answerBytes
            state.entries[last.record.call] = Entry(last: last)
            return UnwrittenTurns.nextRound(&state)
        }
        census.keep(last.record.call)
        if let pause { schedule(afterMilliseconds: pause) }
    }

    /// Whether a turn of this conversation waits to be written.
    func holds(conversation: String) -> Bool {
        state.withLock { state in state.entries.values.contains { $0.last.record.conversation == conversation } }
    }

    /// Writes what waits, of one conversation or of all; stops early while the storage takes nothing. Returns how many
    /// landed.
    @discardableResult
    func write(conversation: String? = nil) async -> Int {
        var landed = 0
        for call in calls(conversation) {
            guard let last = take(call) else { continue }
            guard let error = await attempt(last) else {
                landed += 1
                continue
            }
            if StorageFault.mayPass(error) { break }
        }
        watch.recordedLate(landed)
        return landed
    }

    /// One attempt; what it failed with, if it did.
    private func attempt(_ last: LastWrite) async -> (any Error)? {
        do {
            _ = try await database.write { [closing] tx in try closing.write(last, in: tx) }
            finish(last)
            return nil
        } catch {
            if UnwrittenTurns.isHopeless(error) {
                finish(last)
            } else {
                state.withLock { $0.entries[last.record.call]?.isBeingWritten = false }
            }
            return error
        }
    }

    /// Writes until nothing waits or the time is up.
    func settle(withinMilliseconds milliseconds: UInt64) async {
        let start = Monotonic.nanoseconds()
        while true {
            await write()
            let hasTime = Monotonic.nanoseconds() - start < milliseconds * 1_000_000
            guard hasTime, state.withLock({ !$0.entries.isEmpty }) else { return }
            await loops.next().pause(milliseconds: TurnLimits.stopRewriteMilliseconds)
        }
    }

    /// Somebody else ended the turn (a write that was reported as failed had landed), or nothing is written any more.
    private static func isHopeless(_ error: any Error) -> Bool {
        if case DatabaseError.closed = error { return true }
        return error is TurnClosing.AlreadyEnded
    }

    private func calls(_ conversation: String?) -> [String] {
        state.withLock { state in
            state.entries.values.map(\.last.record)
                .filter { conversation == nil || conversation == $0.conversation }
                .sorted { $0.startedAt < $1.startedAt }.map(\.call)
        }
    }

    /// Two rounds never write one turn at the same time.
    private func take(_ call: String) -> LastWrite? {
        state.withLock { state in
            guard let entry = state.entries[call], !entry.isBeingWritten else { return nil }
            state.entries[call]?.isBeingWritten = true
            return entry.last
        }
    }

    private func finish(_ last: LastWrite) {
        state.withLock { state in
            state.entries[last.record.call] = nil
            state.answerBytes -= last.answerBytes
        }
        census.remove(last.record.call)
    }

    // MARK: Rounds by the clock

    private static func nextRound(_ state: inout State) -> UInt64? {
        guard !state.isScheduled, !state.entries.isEmpty else { return nil }
        state.isScheduled = true
        defer { state.pause = min(2 * state.pause, TurnLimits.longestRewriteMilliseconds) }
        return state.pause
    }

    private func schedule(afterMilliseconds pause: UInt64) {
        let loop = loops.next()
        loop.execute { [self] in
            _ = loop.schedule(afterMilliseconds: pause) { _ = loop.task { await self.round() } }
        }
    }

    private func round() async {
        await write()
        let pause: UInt64? = state.withLock { state in
            state.isScheduled = false
            if state.entries.isEmpty { state.pause = TurnLimits.firstRewriteMilliseconds }
            return UnwrittenTurns.nextRound(&state)
        }
        if let pause { schedule(afterMilliseconds: pause) }
    }
}
