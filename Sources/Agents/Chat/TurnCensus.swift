import Primitives
import Synchronization

/// The turns that this process answers for: those under way, and those that have ended and are not written yet. As long
/// as a turn is in here, nobody else ends it, whatever the clock says.
final class TurnCensus: Sendable {
    private struct State {
        /// By call; true while the turn is under way, false while it only waits to be written.
        var turns: [String: Bool] = [:]
        var waiting: [CheckedContinuation<Void, Never>] = []

        var isIdle: Bool { !turns.values.contains(true) }
    }

    private let state = Mutex(State())

    /// Turns in here.
    var count: Int { state.withLock { $0.turns.count } }

    /// Whether this process answers for the turn.
    func holds(_ call: String) -> Bool { state.withLock { $0.turns[call] != nil } }

    /// The turn begins.
    func enter(_ call: String) {
        state.withLock { $0.turns[call] = true }
    }

    /// The turn has ended, and only waits to be written.
    func keep(_ call: String) {
        change { state in
            if state.turns[call] != nil { state.turns[call] = false }
        }
    }

    /// Nothing is under way for the turn any more: it is gone, unless it waits to be written.
    func leave(_ call: String) {
        change { state in
            if state.turns[call] == true { state.turns[call] = nil }
        }
    }

    /// The turn is written.
    func remove(_ call: String) {
        change { $0.turns[call] = nil }
    }

    /// Returns once no turn is under way; some may wait to be written.
    func idle() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                if !state.isIdle { state.waiting.append(continuation) }
                return state.isIdle
            }
            if isIdle { continuation.resume() }
        }
    }

    private func change(_ body: (inout sending State) -> Void) {
        let released = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            body(&state)
            guard state.isIdle else { return [] }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in released { continuation.resume() }
    }
}
