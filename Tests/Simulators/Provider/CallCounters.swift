import Primitives
import Synchronization

/// What became of the calls, so that tests can see that a client's leaving reached the provider.
final class CallCounters: Sendable {
    enum Outcome {
        /// The answer was sent whole, or was an error.
        case finished
        /// The client left first.
        case cancelled
        /// The simulator broke it off, as it was told to.
        case broken
    }

    private struct State {
        var started = 0
        var finished = 0
        var cancelled = 0
        var broken = 0
        /// Who waits for how many cancelled calls.
        var waiting: [(cancelled: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    /// Counts a call and gives it a number.
    func start() -> Int {
        state.withLock { state in
            state.started += 1
            return state.started
        }
    }

    func end(_ outcome: Outcome) {
        let released = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            switch outcome {
            case .finished: state.finished += 1
            case .cancelled: state.cancelled += 1
            case .broken: state.broken += 1
            }
            let cancelled = state.cancelled
            defer { state.waiting.removeAll { $0.cancelled <= cancelled } }
            return state.waiting.filter { $0.cancelled <= cancelled }.map(\.continuation)
        }
        for continuation in released { continuation.resume() }
    }

    /// Returns once so many calls were cancelled by their clients.
    func waitForCancelled(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.cancelled < count { state.waiting.append((count, continuation)) }
                return state.cancelled >= count
            }
            if isThere { continuation.resume() }
        }
    }

    var json: JSON {
        state.withLock { state in
            [
                "started": .integer(Int64(state.started)), "finished": .integer(Int64(state.finished)),
                "cancelled": .integer(Int64(state.cancelled)), "broken": .integer(Int64(state.broken)),
                "open": .integer(Int64(state.started - state.finished - state.cancelled - state.broken)),
            ]
        }
    }
}
