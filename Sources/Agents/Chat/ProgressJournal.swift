import EventLoops
import Synchronization

/// Writes a turn's progress down from time to time, so that a crash can be settled from it. The turn never waits for
/// it: what comes between two writes is written with the next.
final class ProgressJournal: Sendable {
    private struct State {
        var unwritten: TurnProgress?
        /// A timer is set or a write is under way.
        var isBusy = false
        var hasWritten = false
        var isClosed = false
    }

    private let state = Mutex(State())
    private let loop: EventLoop
    private let write: @Sendable (TurnProgress) async -> Void

    init(on loop: EventLoop, write: @escaping @Sendable (TurnProgress) async -> Void) {
        self.loop = loop
        self.write = write
    }

    /// Takes note; written within `TurnLimits.firstJournalMilliseconds` the first time, and each
    /// `TurnLimits.journalMilliseconds` after that.
    func note(_ progress: TurnProgress) {
        let delay: UInt64? = state.withLock { state in
            guard !state.isClosed else { return nil }
            state.unwritten = progress
            return ProgressJournal.nextDelay(&state)
        }
        if let delay { schedule(afterMilliseconds: delay) }
    }

    /// Nothing is written any more. A write that is under way may still land, after whatever the caller writes next.
    func close() {
        state.withLock { $0.isClosed = true }
    }

    private static func nextDelay(_ state: inout State) -> UInt64? {
        guard !state.isBusy, !state.isClosed, state.unwritten != nil else { return nil }
        state.isBusy = true
        return state.hasWritten ? TurnLimits.journalMilliseconds : TurnLimits.firstJournalMilliseconds
    }

    private func schedule(afterMilliseconds delay: UInt64) {
        loop.execute { [self] in
            _ = loop.schedule(afterMilliseconds: delay) { self.flush() }
        }
    }

    private func flush() {
        let progress: TurnProgress? = state.withLock { state in
            guard !state.isClosed else { return nil }
            state.hasWritten = true
            defer { state.unwritten = nil }
            return state.unwritten
        }
        guard let progress else { return }
        loop.task { [self] in
            await write(progress)
            let delay = state.withLock { state in
                state.isBusy = false
                return ProgressJournal.nextDelay(&state)
            }
            if let delay { schedule(afterMilliseconds: delay) }
        }
    }
}
